import { expect } from "chai";
import fc from "fast-check";
import { COLOURS, type Colour, other } from "../../../components/core/colour-name";
import { UserError } from "../../../components/core/user-error";
import { latestEndMs } from "../../../components/live/keep-warm";
import type { Live, LiveColour, LiveService } from "../../../components/live/live";
import { afterEnds, type LiveSettings, resolveLive, startOfService } from "../../../components/live/live-state";

const image = (digit: string) => `registry/users@sha256:${digit.repeat(64)}`;
const v1 = { image: image("1"), name: "v1" };
const v2 = { image: image("2"), name: "v2" };
const EMPTY: LiveColour = { release: null, size: 0 };
const SERVING: LiveService = { active: "green", colours: { blue: EMPTY, green: { release: v1, size: 2 } } };
const BOTH: LiveService = {
  active: "green",
  colours: { blue: { release: v2, size: 2 }, green: { release: v1, size: 2 } },
};

const live = (serial: number, users: LiveService): Live => ({ serial, services: { users } });
const ROUTED: LiveSettings = { cutover: "routed", services: { users: { kind: "api" } } };
const resolve = (last: unknown, configured?: unknown, settings = ROUTED) => resolveLive(settings, last, configured);
const refusal = (last: unknown, configured?: unknown, settings = ROUTED): string => {
  try {
    resolve(last, configured, settings);
  } catch (error) {
    expect(error).to.be.instanceOf(UserError);
    return (error as Error).message;
  }
  return "taken";
};

describe("live state", () => {
  it("starts with blue active and no release", () => {
    expect(resolve(undefined).live).to.deep.equal(live(0, startOfService()));
  });

  it("is the stack's own last output when the config has none", () => {
    const last = live(4, SERVING);
    expect(resolve(last)).to.deep.equal({ live: last, previous: last, removed: {}, isDeploy: false, unsettled: [] });
  });

  describe("with an idle colour that is kept warm", () => {
    const kept = (until?: number): LiveService => ({
      active: "green",
      colours: {
        blue: { release: v1, size: 2, ...(until === undefined ? {} : { until }) },
        green: { release: v2, size: 2 },
      },
    });
    const ended: LiveService = {
      active: "green",
      colours: { blue: { release: v1, size: 0 }, green: kept().colours.green },
    };

    it("stays in a `pulumi up` until Auto Scaling has ended it: a rollback may have led production there", () => {
      const last = live(4, kept(1_000));
      const latestMs = latestEndMs(1_000);
      for (const nowMs of [999, 1_000, latestMs])
        expect(resolveLive(ROUTED, last, undefined, nowMs)).to.deep.include({ live: last, previous: last });
      expect(afterEnds(last, [], 999)).to.deep.equal(last);
      expect(afterEnds(last, ["users"], 999), "before its time").to.deep.equal(last);
      expect(afterEnds(last, ["users"], 1_000)).to.deep.equal(live(4, ended));
      expect(afterEnds(last, ["users"], latestMs)).to.deep.equal(live(4, ended));
      expect(afterEnds(last, [], latestMs - 1), "the action may still come").to.deep.equal(last);
      expect(afterEnds(last, [], latestMs), "nothing ends it any more").to.deep.equal(live(4, kept()));
    });

    it("goes to 0 in a deploy from its time on, and what it runs stays frozen in that run", () => {
      const last = live(4, kept(1_000));
      const { live: now, previous } = resolveLive(ROUTED, last, live(5, kept(1_000)), 1_000);
      expect(now).to.deep.equal(live(5, ended));
      expect(previous).to.deep.equal(last);
    });

    it("goes to 0 with what a deploy changes elsewhere, also when its `up` is repeated", () => {
      const next = live(5, kept(1_000));
      expect(resolveLive(ROUTED, live(4, kept(1_000)), next, 2_000).live).to.deep.equal(live(5, ended));
      expect(resolveLive(ROUTED, live(5, ended), next, 2_000).live).to.deep.equal(live(5, ended));
    });

    it("gets no other release before the stack has it at 0", () => {
      const other: LiveService = {
        ...kept(),
        colours: { ...kept().colours, blue: { release: { image: image("3"), name: "v3" }, size: 2 } },
      };
      expect(refusal(live(4, kept(1)), live(5, other))).to.match(/blue runs v1 at size 2/);
    });

    it("refuses a time for an active colour", () => {
      const { blue, green } = kept().colours;
      const active: LiveService = {
        active: "green",
        colours: { blue, green: { ...green, until: Date.now() + 60_000 } },
      };
      expect(refusal(live(4, kept()), live(5, active))).to.match(/only an idle colour is kept warm for a time/);
    });
  });

  it("gives a new service its initial state and drops a removed one", () => {
    const last = { serial: 4, services: { doodle: SERVING } };
    expect(resolve(last).live).to.deep.equal(live(4, startOfService()));
    expect(resolve(last).removed).to.deep.equal({ doodle: SERVING });
  });

  it("is the config's value when its serial is the next", () => {
    const next = live(5, BOTH);
    expect(resolve(live(4, SERVING), next)).to.deep.equal({
      ...{ live: next, previous: live(4, SERVING), removed: {}, isDeploy: true, unsettled: [] },
    });
  });

  it("is told beside it of the services of an `up` that did not come to its end, which are no part of it", () => {
    const next = live(5, BOTH);
    expect(resolve(live(4, SERVING), { ...next, unsettled: ["users"] })).to.deep.equal({
      ...{ live: next, previous: live(4, SERVING), removed: {}, isDeploy: true, unsettled: ["users"] },
    });
  });

  it("accepts the same serial with the same content, as after a failed run", () => {
    expect(resolve(live(4, SERVING), live(4, SERVING)).live).to.deep.equal(live(4, SERVING));
  });

  for (const [serial, what] of [
    [2, "an older"],
    [9, "a later"],
  ] as const) {
    it(`refuses ${what} serial`, () => {
      expect(refusal(live(7, SERVING), live(serial, SERVING))).to.equal(
        `aoshingo:live.serial is ${serial}, but the stack is at 7: wanted 7 or 8. Take aoshingo:live out of the config: without it a run keeps what is live, and only a deploy changes it.`,
      );
    });
  }

  it("refuses other content under the last serial", () => {
    expect(refusal(live(4, SERVING), live(4, BOTH))).to.equal(
      "aoshingo:live.serial is 4 like the stack's, but its content is not the same: a change needs serial 5.",
    );
  });

  it("refuses another release on a colour that runs", () => {
    const wanted = { ...SERVING, colours: { ...SERVING.colours, green: { release: v2, size: 2 } } };
    expect(refusal(live(4, SERVING), live(5, wanted))).to.equal(
      "aoshingo:live.services.users.colours.green.release: given v2, but green runs v1 at size 2: a release changes only on a colour at size 0. Deploy to the idle colour.",
    );
  });

  it("refuses to change the release of a colour while it goes to 0", () => {
    const wanted = { ...BOTH, colours: { ...BOTH.colours, blue: EMPTY } };
    expect(refusal(live(4, BOTH), live(5, wanted))).to.contain("given none, but blue runs v2 at size 2");
  });

  it("refuses traffic to a colour that was not warm before", () => {
    expect(refusal(live(4, SERVING), live(5, { ...BOTH, active: "blue" }))).to.equal(
      "aoshingo:live.services.users.active: given blue, but blue is at size 0: warm it before traffic goes there.",
    );
  });

  it("refuses traffic to a colour in the run that takes it to 0", () => {
    const wanted: LiveService = { active: "blue", colours: { ...BOTH.colours, blue: { release: v2, size: 0 } } };
    expect(refusal(live(4, BOTH), live(5, wanted))).to.contain("given blue, but blue is at size 0");
  });

  describe("with a share of production for the idle colour", () => {
    const RAMPED: LiveService = { ...BOTH, idleShare: 10 };
    const PATH = "aoshingo:live.services.users";
    const sized = (service: LiveService, colour: Colour, size: number): LiveService => ({
      ...service,
      colours: { ...service.colours, [colour]: { ...service.colours[colour], size } },
    });

    it("accepts, raises and removes it while both colours run", () => {
      for (const [before, after] of [
        [BOTH, RAMPED],
        [RAMPED, { ...BOTH, idleShare: 99 }],
        [RAMPED, BOTH],
      ] as const) {
        expect(resolve(live(4, before), live(5, after)).live).to.deep.equal(live(5, after));
      }
    });

    it("keeps it in a run without live state", () => {
      expect(resolve(live(4, RAMPED)).live).to.deep.equal(live(4, RAMPED));
    });

    it("accepts a cutover that ends it", () => {
      expect(refusal(live(4, RAMPED), live(5, { ...BOTH, active: "blue" }))).to.equal("taken");
    });

    const cold = sized(BOTH, "blue", 0);
    const first = sized(BOTH, "green", 0);
    const refused: [what: string, before: LiveService, after: LiveService, message: string][] = [
      [
        "for a colour that was not warm before",
        cold,
        RAMPED,
        `${PATH}.idleShare: given 10, but blue is at size 0: warm it before traffic goes there.`,
      ],
      [
        "for a colour that goes to 0",
        BOTH,
        sized(RAMPED, "blue", 0),
        `${PATH}.idleShare: given 10, but blue goes to size 0: take it away.`,
      ],
      [
        "of a colour that runs nothing",
        first,
        { ...first, idleShare: 10 },
        `${PATH}.idleShare: given 10, but green, which is active, is at size 0: there is nothing to share. Cut over at once.`,
      ],
      [
        "kept by a cutover",
        RAMPED,
        { ...RAMPED, active: "blue" },
        `${PATH}.idleShare: given 10, but active changes from green to blue, which ends a ramp: take it away.`,
      ],
      [
        "given up in the run that takes its colour to 0",
        RAMPED,
        cold,
        `${PATH}.colours.blue.size: given 0, but blue gets 10 % of production's requests: take idleShare away in a run before.`,
      ],
      ...[0, 100, 2.5, -1, "10", null].map((share): [string, LiveService, LiveService, string] => [
        `of ${JSON.stringify(share)}`,
        BOTH,
        { ...BOTH, idleShare: share as number },
        `${PATH}.idleShare: given ${JSON.stringify(share)}, wanted a whole number of percent from 1 to 99, or none`,
      ]),
    ];
    for (const [what, before, after, message] of refused) {
      it(`refuses one ${what}`, () => {
        expect(refusal(live(4, before), live(5, after))).to.equal(message);
      });
    }

    it("refuses one with cutover: dns, even one that the stack has already", () => {
      const dns: LiveSettings = { ...ROUTED, cutover: "dns" };
      const message = `${PATH}.idleShare: given 10, but cutover: dns has no weights: take it away, or take cutover: routed.`;
      expect(refusal(live(4, BOTH), live(5, RAMPED), dns)).to.equal(message);
      expect(refusal(live(4, RAMPED), undefined, dns)).to.equal(message);
    });

    it("refuses one on a worker", () => {
      const workers: LiveSettings = { ...ROUTED, services: { users: { kind: "worker" } } };
      expect(refusal(live(4, BOTH), live(5, RAMPED), workers)).to.equal(
        `${PATH}.idleShare: given 10, but a worker gets no requests: take it away.`,
      );
    });
  });

  const malformed: [string, unknown, string][] = [
    ["no map", "x", "aoshingo:live: Invalid input: expected object, received string"],
    ["no services", { serial: 1 }, "aoshingo:live.services: Invalid input: expected record, received undefined"],
    [
      "an image by tag",
      live(1, { ...SERVING, colours: { blue: EMPTY, green: { release: { image: "users:v1", name: "v1" }, size: 1 } } }),
      "aoshingo:live.services.users.colours.green.release.image: wanted an image by digest: <registry>/<repository>@sha256:<64 hex>",
    ],
    [
      "instances without release",
      live(1, { ...SERVING, colours: { blue: EMPTY, green: { release: null, size: 1 } } }),
      "aoshingo:live.services.users.colours.green: wanted size 0 while there is no release",
    ],
    ["an unknown key", { ...live(1, SERVING), weights: {} }, 'aoshingo:live: Unrecognized key: "weights"'],
  ];
  for (const [what, value, message] of malformed) {
    it(`refuses ${what}`, () => {
      expect(refusal(undefined, value)).to.equal(message);
    });
  }

  it("never accepts a change that breaks requests, for any input", () => {
    const colour = fc.oneof(
      { weight: 1, arbitrary: fc.constant(EMPTY) },
      {
        weight: 4,
        arbitrary: fc.record({ release: fc.constantFrom(v1, v2), size: fc.integer({ min: 0, max: 2 }) }),
      },
    );
    const service = fc.record(
      {
        active: fc.constantFrom<Colour>(...COLOURS),
        colours: fc.record({ blue: colour, green: colour }),
        idleShare: fc.integer({ min: 0, max: 100 }),
      },
      { requiredKeys: ["active", "colours"] },
    );
    fc.assert(
      fc.property(service, service, (before, after) => {
        if (refusal(live(4, before), live(5, after)) !== "taken") return;
        for (const each of COLOURS) {
          if (before.colours[each].size > 0)
            expect(after.colours[each].release).to.deep.equal(before.colours[each].release);
        }
        if (before.idleShare !== undefined) expect(after.colours[other(before.active)].size).to.be.above(0);
        if (after.idleShare !== undefined) {
          expect(after.idleShare).to.be.within(1, 99);
          expect(after.active).to.equal(before.active);
          for (const { colours } of [before, after]) {
            for (const each of COLOURS) expect(colours[each].size).to.be.above(0);
          }
        }
        if (after.active === before.active) return;
        expect(after.colours[after.active].size).to.be.above(0);
        expect(before.colours[other(before.active)].size).to.be.above(0);
      }),
      { numRuns: 2000 },
    );
  });
});
