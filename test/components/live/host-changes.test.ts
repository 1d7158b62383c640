import { expect } from "chai";
import { hostChanges } from "../../../components/live/host-changes";
import type { LiveService } from "../../../components/live/live";
import { assignRulePriorities } from "../../../components/live/rule-priorities";
import { parseSettings } from "../../../components/settings/settings";

const domain = "example.jp";
const released = (name: string | null): LiveService => ({
  active: "blue",
  colours: {
    blue: {
      release: name === null ? null : { name, image: `r/${name}@sha256:${"0".repeat(64)}` },
      size: name === null ? 0 : 2,
    },
    green: { release: null, size: 0 },
  },
});

type Services = Record<string, object>;
const servicesOf = (services: Services) => parseSettings({ domain, services }).services;

/** `site` and `shop` have a release, and no other service. */
const changes = (before: Services, now: Services) =>
  hostChanges(
    servicesOf(now),
    {
      serial: 4,
      services: Object.fromEntries(
        Object.keys({ ...before, ...now }).map((name) => [
          name,
          released(["site", "shop"].includes(name) ? "v1" : null),
        ]),
      ),
    },
    { rulePriorities: assignRulePriorities({ domain, services: servicesOf(before) }) },
  );

const api = (...hosts: string[]) => ({ kind: "api", ...(hosts.length > 0 ? { hosts } : {}) });
const on = (host: string, ...paths: string[]) => ({ kind: "api", hosts: [host], paths });
const refused = (service: string, route: string, from: string) => [
  `aoshingo:services.${service}.hosts: ${route} would pass from ${from}, which answers there, to ${service}, which has no release yet and answers 503: first deploy ${service} without it.`,
];

describe("hosts and paths that pass to another service", () => {
  const table: [string, string[], string[]][] = [
    ["stay where they are", changes({ site: api(domain) }, { site: api(domain), next: api() }), []],
    ["pass to one with a release", changes({ site: api(domain), shop: api() }, { site: api(), shop: api(domain) }), []],
    [
      "pass to one without a release",
      changes({ site: api(domain) }, { site: api(), next: api(domain) }),
      refused("next", domain, "site"),
    ],
    [
      "pass from a removed one to one without a release, as if it was renamed",
      changes({ site: api(domain) }, { next: api(domain) }),
      refused("next", domain, "site"),
    ],
    [
      "pass from the name of a removed one",
      changes({ site: api() }, { next: api(`site.${domain}`) }),
      refused("next", `site.${domain}`, "site"),
    ],
    [
      "are taken out of those of another one",
      changes({ site: api(domain) }, { site: api(domain), cart: on(domain, "/cart/*") }),
      refused("cart", `${domain}/cart/*`, "site"),
    ],
    [
      "take those of another one in",
      changes({ shop: on(domain, "/cart") }, { shop: api(), next: api(domain) }),
      refused("next", domain, "shop"),
    ],
    [
      "leave those of another one alone",
      changes({ shop: on(domain, "/cart") }, { shop: on(domain, "/cart"), next: api(domain) }),
      [],
    ],
    ["are new", changes({ site: api(domain) }, { site: api(domain), next: api(`www.${domain}`) }), []],
    ["were of one without a release", changes({ next: api(domain) }, { next: api(), other: api(domain) }), []],
  ];
  for (const [change, lines, wanted] of table) {
    it(`${wanted.length > 0 ? "are refused if they " : ""}${change}`, () => expect(lines).to.deep.equal(wanted));
  }

  it("are not compared where an older program did not write them", () => {
    expect(hostChanges(servicesOf({ next: api(domain) }), { serial: 4, services: {} }, {})).to.deep.equal([]);
  });
});
