import { assert } from "chai";
import fc from "fast-check";
import { cutOver, retired, warmed } from "../../automation/next-live";
import { NO_PROGRESS, type Progress, plan, planRetreat } from "../../automation/plan";
import { COLOURS } from "../../components/colour-name";
import type { Live } from "../../components/live";
import { type ColourSketch, live, release } from "./worlds";

const WISH = { users: release("v2") };
const LOOKED: Progress = { ...NO_PROGRESS, preflight: true };
const V2 = new Set([release("v2").image]);
const V1 = new Set([release("v1").image]);
const ALL = ["preflight", "warm", "verify", "test", "cutover", "confirm", "drain", "retire"];

function names(state: Live, progress: Progress = NO_PROGRESS): string[] {
  return plan(state, WISH, progress).map((step) => step.name);
}

describe("plan", () => {
  const table: { title: string; state: Live; progress?: Progress; steps: string[] }[] = [
    { title: "a usual deploy", state: live({ active: "blue", blue: ["v1", 2], green: null }), steps: ALL },
    {
      title: "onto a colour that was retired",
      state: live({ active: "green", blue: ["v0", 0], green: ["v1", 2] }),
      steps: ALL,
    },
    {
      title: "the first release of a service has nothing to drain",
      state: live({ active: "blue", blue: null, green: null }),
      steps: ["preflight", "warm", "verify", "test", "cutover", "confirm"],
    },
    {
      title: "the release that is active already",
      state: live({ active: "blue", blue: ["v2", 2], green: ["v1", 0] }),
      steps: [],
    },
    {
      title: "a warm idle colour with the wish goes on at verify",
      state: live({ active: "blue", blue: ["v1", 2], green: ["v2", 2] }),
      progress: LOOKED,
      steps: ["verify", "test", "cutover", "confirm", "drain", "retire"],
    },
    {
      title: "what was verified and tested is not done again",
      state: live({ active: "blue", blue: ["v1", 2], green: ["v2", 2] }),
      progress: { ...LOOKED, verified: V2, tested: V2 },
      steps: ["cutover", "confirm", "drain", "retire"],
    },
    {
      title: "after the cutover",
      state: live({ active: "green", blue: ["v1", 2], green: ["v2", 2] }),
      progress: { ...LOOKED, verified: V2, tested: V2 },
      steps: ["confirm", "drain", "retire"],
    },
    {
      title: "after the cutover of a first release",
      state: live({ active: "green", blue: null, green: ["v2", 2] }),
      progress: { ...LOOKED, verified: V2, tested: V2 },
      steps: ["confirm"],
    },
    {
      title: "after the drain",
      state: live({ active: "green", blue: ["v1", 2], green: ["v2", 2] }),
      progress: { ...LOOKED, verified: V2, tested: V2, confirmed: V2, drained: V1 },
      steps: ["retire"],
    },
    {
      title: "a colour that another deploy left running goes first, drained",
      state: live({ active: "blue", blue: ["v1", 2], green: ["v0", 2] }),
      progress: LOOKED,
      steps: ["drain", "retire", "warm", "verify", "test", "cutover", "confirm", "drain", "retire"],
    },
  ];
  for (const { title, state, progress, steps } of table) {
    it(title, () => assert.deepEqual(names(state, progress), steps));
  }

  const cell: fc.Arbitrary<ColourSketch> = fc.oneof(
    fc.constant(null),
    fc.tuple(fc.constantFrom("v0", "v1", "v2"), fc.constantFrom(0, 1, 2)),
  );
  // The active colour of a service that has a release always has instances: the program refuses anything else.
  const world = fc
    .record({ active: fc.constantFrom(...COLOURS), blue: cell, green: cell })
    .map(
      (sketch) =>
        ({ ...sketch, [sketch.active]: sketch[sketch.active] && [sketch[sketch.active]![0], 2] }) as typeof sketch,
    );

  it("from everywhere, planning again after each step ends with the wish active and the other colour at 0", () => {
    fc.assert(
      fc.property(world, (sketch) => {
        let state = live(sketch);
        let progress = NO_PROGRESS;
        let steps = 0;
        for (let next = plan(state, WISH, progress)[0]; next; next = plan(state, WISH, progress)[0]) {
          assert.isBelow(++steps, 20, "the plan does not end");
          const { users } = state.services;
          const idle = users!.active === "blue" ? "green" : "blue";
          if (next.name === "warm") {
            assert.equal(users!.colours[idle].size, 0, "a release changes only at size 0");
            state = warmed(state, { users: { release: WISH.users, size: 2 } });
          } else if (next.name === "cutover") {
            assert.isTrue(
              progress.verified.has(WISH.users.image) && progress.tested.has(WISH.users.image),
              "no cutover untested",
            );
            state = cutOver(state, ["users"]);
          } else if (next.name === "retire") {
            assert.isTrue(progress.drained.has(users!.colours[idle].release!.image), "nothing is stopped undrained");
            state = retired(state, ["users"]);
          } else progress = done(next.name, progress, state);
        }
        const { users } = state.services;
        if (steps > 0)
          assert.isTrue(progress.confirmed.has(WISH.users.image), "nothing is done that was not confirmed");
        assert.deepEqual(users!.colours[users!.active].release, WISH.users);
        assert.equal(users!.colours[users!.active === "blue" ? "green" : "blue"].size, 0);
      }),
    );
  });

  it("the way back before the cutover is one step, and none after it", () => {
    assert.deepEqual(planRetreat(live({ active: "blue", blue: ["v1", 2], green: ["v2", 2] }), WISH), [
      { name: "coolDown", services: ["users"] },
    ]);
    assert.deepEqual(planRetreat(live({ active: "green", blue: ["v1", 2], green: ["v2", 2] }), WISH), []);
    assert.deepEqual(planRetreat(live({ active: "blue", blue: ["v1", 2], green: ["v0", 0] }), WISH), []);
  });
});

function done(name: string, progress: Progress, state: Live): Progress {
  const { users } = state.services;
  const idle = users!.colours[users!.active === "blue" ? "green" : "blue"].release?.image ?? "";
  switch (name) {
    case "preflight":
      return { ...progress, preflight: true };
    case "verify":
      return { ...progress, verified: V2 };
    case "test":
      return { ...progress, tested: V2 };
    case "confirm":
      return { ...progress, confirmed: V2 };
    default:
      return { ...progress, drained: new Set([...progress.drained, idle]) };
  }
}
