import { expect } from "chai";
import { keptWarm, ramped, resized, retired, routed, warmed } from "../../../automation/deploy/live-transitions";
import type { Live } from "../../../components/live/live";
import { differences, RECORD } from "../declared";
import { declare, STATES, V1, type World } from "../world";

/** Each kind of service, and each thing that one has of another. No name begins with another one. */
const SETTINGS = {
  users: {
    ...{ kind: "api", exposure: ["public", "internal"], hosts: ["example.jp"], paths: ["/users/*"] },
    ...{ size: { min: 2, max: 6, targetCpuPercent: 50 }, secrets: { PASSWORD: "ssm:/users/password" } },
    ...{ uses: ["main"], migrate: "npm run migrate" },
  },
  doodle: { kind: "api", calls: ["users"], sends: ["mailer"], hosts: ["example.jp"], uses: ["main"] },
  mailer: { kind: "worker", queue: true, calls: ["users"] },
  report: { kind: "job", schedule: "cron(30 2 * * ? *)", timeZone: "Asia/Tokyo", calls: ["users"], sends: ["mailer"] },
};
const SHARED = `${RECORD} example.jp-record`;
type Name = keyof typeof SETTINGS;
const NAMES = Object.keys(SETTINGS) as Name[];
const START: Live = { serial: 1, services: Object.fromEntries(NAMES.map((name) => [name, STATES.start])) };
const V2 = { image: V1.image.replaceAll("a".repeat(64), "b".repeat(64)), name: "v2" };
const UNTIL_MS = Date.UTC(2030, 0, 1);

/** What the `up`s of a deploy of one service, and of its ways back, change. */
function stepsOf(name: Name, live: Live): [string, Live][] {
  const size = name === "report" ? 1 : 2;
  const { active, colours } = live.services[name]!;
  const back = { [name]: colours[active].release! };
  const warm = warmed(live, { [name]: { release: V2, size } });
  const cutOver = routed(warm, { [name]: V2 }, [name]);
  const isApi = SETTINGS[name].kind === "api";
  return [
    ["warm", warm],
    ...(isApi ? ([["ramp", ramped(warm, [name], 10)]] satisfies [string, Live][]) : []),
    ["cut over", cutOver],
    ["keep warm", keptWarm(cutOver, [name], UNTIL_MS)],
    ["route back", routed(cutOver, back, [name])],
    ["retire", retired(cutOver, [name])],
    ...(name !== "report" ? ([["resize", resized(cutOver, { [name]: 3 })]] satisfies [string, Live][]) : []),
  ];
}

/**
 * An `up` leaves out the services whose live state stays as it is (automation/stack/registered-resources.ts): none of their resources may
 * depend on that of another one.
 */
describe("the live state of a service", () => {
  const world = (live: Live, last?: World) => {
    const { live: _, ...state } = last?.outputs ?? { live };
    return declare({
      services: live.services,
      settings: SETTINGS,
      config: { databases: { main: {} }, testHeader: { name: "x-preview", value: "ssm:/prod/preview-key" } },
      last: state,
    });
  };

  for (const name of NAMES)
    it(`of ${name} changes resources of ${name} alone`, async () => {
      let live = START;
      for (const each of NAMES) {
        const size = each === "report" ? 1 : 2;
        live = routed(warmed(live, { [each]: { release: V1, size } }), { [each]: V1 }, [each]);
      }
      const before = await world(live, await world(live));
      const seen: string[] = [];
      for (const [step, next] of stepsOf(name, live)) {
        const changed = differences(before, await world(next, before));
        seen.push(...changed);
        const others = changed.filter((resource) => !new RegExp(`^\\S+ ${name}[-.]`).test(resource));
        // The record of the host that services share follows one of them, and belongs to none.
        expect(others, step).to.have.members(others.filter((resource) => resource === SHARED));
      }
      expect(seen).not.to.deep.equal([]);
    });
});
