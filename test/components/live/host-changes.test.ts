import { expect } from "chai";
import { hostChanges } from "../../../components/live/host-changes";
import type { LiveService } from "../../../components/live/live";
import type { ServiceOutputs } from "../../../components/live/outputs";
import { hostRoutes } from "../../../components/settings/own-hosts";
import { parseSettings, type Settings } from "../../../components/settings/settings";
import { V1 } from "../world";

const DOMAIN = "example.jp";
const NOTHING = { release: null, size: 0 };
const NEVER: LiveService = { active: "green", colours: { blue: NOTHING, green: NOTHING } };
const RUNS: LiveService = { active: "blue", colours: { blue: { release: V1, size: 2 }, green: NOTHING } };
const BOTH: LiveService = {
  active: "blue",
  colours: { blue: { release: V1, size: 2 }, green: { release: V1, size: 2 } },
};

interface Hosts {
  hosts?: string[];
  paths?: string[];
  exposure?: string[];
}
const settingsOf = (services: Record<string, Hosts>): Settings =>
  parseSettings({
    domain: DOMAIN,
    services: Object.fromEntries(Object.entries(services).map(([name, hosts]) => [name, { kind: "api", ...hosts }])),
  });

/** What the last run left of these settings. */
function outputsOf({ services }: Settings): Record<string, Pick<ServiceOutputs, "exposures">> {
  return Object.fromEntries(
    Object.entries(services).map(([name, settings]) => {
      const hosts = hostRoutes(settings).map((route) => ({
        ...route,
        rules: { blue: "", green: "" },
        healthCheckUrl: null,
      }));
      const names = { url: `https://${name}.${DOMAIN}`, testUrl: `https://${name}-test.${DOMAIN}`, zoneId: "" };
      const edge = { ...names, ...(hosts.length > 0 ? { hosts } : {}) };
      return [name, { exposures: Object.fromEntries(settings.exposure.map((exposure) => [exposure, edge])) }];
    }),
  );
}

function problems(before: Record<string, Hosts>, now: Record<string, Hosts>, never: readonly string[] = []): string[] {
  const services = Object.keys(before).map((name) => [name, never.includes(name) ? NEVER : RUNS]);
  const live = { serial: 1, services: Object.fromEntries(services) };
  return hostChanges(settingsOf(now), live, outputsOf(settingsOf(before)));
}

/** A host passes from web, whose blue colour is active, to users. */
function passes(active: LiveService["active"], cutover: "routed" | "dns" = "dns"): string[] {
  const live = { serial: 1, services: { web: RUNS, users: { ...BOTH, active } } };
  const settings = { ...settingsOf({ web: {}, users: web }), cutover };
  return hostChanges(settings, live, outputsOf(settingsOf({ web, users: {} })));
}

const web = { hosts: ["example.jp"] };
const internal = { exposure: ["internal"] };
const users = { hosts: ["example.jp"], paths: ["/users", "/users/*"] };

describe("host changes", () => {
  const table: [string, string[], string[]][] = [
    ["nothing changes", problems({ web, users }, { web, users }), []],
    ["it is the stack's first run", problems({}, { web, users }), []],
    ["a host passes to a service that runs", problems({ web, users: {} }, { web: {}, users: web }), []],
    ["a host passes from a service without a release", problems({ web }, { web: {}, users: web }, ["web"]), []],
    ["a host is given up", problems({ web, users: {} }, { web: {}, users: {} }), []],
    ["a path goes back to the host's other service", problems({ web, users }, { web, users: {} }), []],
    [
      "the name of a removed service becomes a host",
      problems({ www: {}, web: {} }, { web: { hosts: ["www.example.jp"] } }),
      [],
    ],
    [
      "a host passes to a service without a release",
      problems({ web }, { web: {}, users: web }),
      [
        "aoshingo:services.users.hosts: example.jp is answered by a release of web, and users has none yet, so requests would get 503: first deploy users without it, then run `pulumi up` with it.",
      ],
    ],
    [
      "a service without a release takes paths of what runs",
      problems({ web }, { web, users: { ...users, paths: ["/users/*"] } }),
      [
        "aoshingo:services.users.paths: example.jp/users/* is answered by a release of web, and users has none yet, so requests would get 503: first deploy users without it, then run `pulumi up` with it.",
      ],
    ],
    [
      "a service is renamed and keeps its name as a host",
      problems({ www: {} }, { web: { hosts: ["www.example.jp"] } }),
      [
        "aoshingo:services.web.hosts: www.example.jp is answered by a release of www, and web has none yet, so requests would get 503: first deploy web without it, then run `pulumi up` with it.",
      ],
    ],
    [
      "a new service has the name that is another one's host",
      problems({ web: { hosts: ["api.example.jp"] } }, { web: {}, api: {} }),
      [
        "aoshingo:services.api: api.example.jp is answered by a release of web, and api has none yet, so requests would get 503: add it under another name, deploy it, then give it this host.",
      ],
    ],
    [
      "a host passes to a service that becomes public in the same run",
      problems({ web, users: internal }, { web: {}, users: { ...web, exposure: ["public", "internal"] } }),
      [
        "aoshingo:services.users.hosts: example.jp is answered by a release of web, and users is not public yet, so requests would get 503 until its new target groups have healthy targets: first run `pulumi up` with users public and without it, then with it once https://users.example.jp answers.",
      ],
    ],
    [
      "a service that becomes public in the same run takes paths of what runs",
      problems({ web, users: internal }, { web, users: { ...users, paths: ["/users/*"] } }),
      [
        "aoshingo:services.users.paths: example.jp/users/* is answered by a release of web, and users is not public yet, so requests would get 503 until its new target groups have healthy targets: first run `pulumi up` with users public and without it, then with it once https://users.example.jp answers.",
      ],
    ],
    [
      "a service becomes public whose name is another one's host",
      problems({ web: { hosts: ["users.example.jp"] }, users: internal }, { web: {}, users: {} }),
      [
        "aoshingo:services.users: users.example.jp is answered by a release of web, and users is not public yet, so requests would get 503 until its new target groups have healthy targets: add it under another name, deploy it, then give it this host.",
      ],
    ],
    ["with cutover: dns both services are active on one colour", passes("blue"), []],
    ["with cutover: routed they are not", passes("green", "routed"), []],
    [
      "with cutover: dns they are not",
      passes("green"),
      [
        "aoshingo:services.users.hosts: example.jp is answered by a release of web, and users is active on green, not on blue as that one, so with cutover: dns requests would get 503 as long as clients have the address of the blue load balancer: first run `restart users` without it, then `pulumi up` with it.",
      ],
    ],
    [
      "a service is removed whose paths another one is to answer",
      problems({ web, users: { ...users, paths: ["/users/*"] } }, { web }),
      [
        "aoshingo:services.users: removed, and web is to answer example.jp/users/*, but its requests would fail while the instances of users end: first take its hosts away and run `pulumi up`, then remove it.",
      ],
    ],
  ];
  for (const [what, given, wanted] of table) {
    it(`${wanted.length === 0 ? "are no problem" : "are refused"} when ${what}`, () => {
      expect(given).to.deep.equal(wanted);
    });
  }
});
