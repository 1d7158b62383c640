import { assert } from "chai";
import fc from "fast-check";
import type { DesiredReleases } from "../../../automation/core/desired-releases";
import { ramped, retired, routed, warmed, withColour } from "../../../automation/deploy/live-transitions";
import { plan } from "../../../automation/deploy/plan";
import { type PlanInput, rampedKey, type Traits } from "../../../automation/deploy/plan-facts";
import type { Work } from "../../../automation/deploy/step";
import { NO_PROGRESS, type Progress, withReleases } from "../../../automation/ports/checkpoint";
import { COLOURS, other } from "../../../components/core/colour-name";
import { mapValues } from "../../../components/core/map-values";
import type { Live } from "../../../components/live/live";
import { isSameRelease, releaseKey } from "../../../components/live/release";
import { Deploy } from "../../../components/settings/schema/deploy";
import { type ColourSketch, live, release, together } from "./worlds";

const FIXED = { min: 2, max: 2 };
const ELASTIC = { min: 2, max: 9 };
const DESIRED = { users: release("v2") };
const API: Traits = { users: { kind: "api", migrate: undefined, size: FIXED } };
const LOOKED: Progress = { ...NO_PROGRESS, preflight: true };
const V2 = [releaseKey(release("v2"))];
const V1 = [releaseKey(release("v1"))];
const FORWARD = {
  activeInstances: {},
  isRollback: false,
  unsettled: null,
  awaitsApproval: false,
  keepsWarm: false,
  endsKeptWarm: false,
  nowMs: 1_000,
} as const;
const ALL = ["preflight", "warm", "verify", "test", "cutover", "confirm", "drain", "retire"];

function names(state: Live, progress: Progress = NO_PROGRESS): string[] {
  return ask(state, DESIRED, progress, API).map((step) => step.name);
}

interface Row extends Work {
  name: string;
}

/** What differs from a run forward, without ramp and bake. */
type Asked = Partial<PlanInput> & Partial<Pick<PlanInput["deploy"], "ramp" | "bakeSeconds">>;

function ask(
  live: Live,
  desired: DesiredReleases,
  progress: Progress,
  traits: Traits,
  { ramp = [], bakeSeconds = 0, ...more }: Asked = {},
): Row[] {
  const deploy = { ...Deploy.parse({}), ramp, bakeSeconds };
  const before = withoutIdle(live);
  return plan({ live, before, desired, progress, traits, deploy, ...FORWARD, ...more }).map(({ step, ...work }) => ({
    name: step.name,
    ...work,
  }));
}

/** The live state with nothing on the idle colours. */
function withoutIdle({ serial, services }: Live): Live {
  const alone = mapValues(services, (service) =>
    withColour(service, other(service.active), { release: null, size: 0 }),
  );
  return { serial, services: alone };
}

describe("plan of a job", () => {
  const JOB: Traits = { users: { kind: "job", migrate: undefined, size: FIXED } };
  const steps = (state: Live, desired: DesiredReleases = DESIRED, more: Asked = {}) =>
    ask(state, desired, NO_PROGRESS, JOB, { bakeSeconds: 180, ramp: [10], ...more }).map(({ name }) => name);

  it("has no ramp, no bake and no drain, and takes a rollback back to a warm colour", () => {
    const first = ["preflight", "warm", "verify", "test", "cutover", "confirm"];
    assert.deepEqual(steps(live({ active: "green", blue: null, green: null })), first);
    assert.deepEqual(steps(live({ active: "blue", blue: ["v1", 1], green: null })), [...first, "retire"]);
    const both = live({ active: "green", blue: ["v1", 1], green: ["v2", 1] });
    const rollback = steps(both, { users: release("v1") }, { isRollback: true });
    assert.deepEqual(rollback, ["preflight", "verify", "cutover", "confirm", "coolDown"]);
  });
});

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
      title: "a warm idle colour with the desired release goes on at verify",
      state: live({ active: "blue", blue: ["v1", 2], green: ["v2", 2] }),
      progress: LOOKED,
      steps: ["verify", "test", "cutover", "confirm", "drain", "retire"],
    },
    {
      title: "what was verified and tested is not done again",
      state: live({ active: "blue", blue: ["v1", 2], green: ["v2", 2] }),
      progress: { ...LOOKED, done: { verify: V2, test: V2 } },
      steps: ["cutover", "confirm", "drain", "retire"],
    },
    {
      title: "after the cutover",
      state: live({ active: "green", blue: ["v1", 2], green: ["v2", 2] }),
      progress: { ...LOOKED, done: { verify: V2, test: V2 } },
      steps: ["confirm", "drain", "retire"],
    },
    {
      title: "after the cutover of a first release",
      state: live({ active: "green", blue: null, green: ["v2", 2] }),
      progress: { ...LOOKED, done: { verify: V2, test: V2 } },
      steps: ["confirm"],
    },
    {
      title: "after the drain",
      state: live({ active: "green", blue: ["v1", 2], green: ["v2", 2] }),
      progress: { ...LOOKED, done: { verify: V2, test: V2, confirm: V2, drain: V1 } },
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

  describe("by what a service is", () => {
    const state = live({ active: "blue", blue: ["v1", 2], green: null });
    const kinds: { title: string; traits: Traits; steps: string[] }[] = [
      {
        title: "a worker has no clients to drain",
        traits: { users: { kind: "worker", migrate: undefined, size: FIXED } },
        steps: ALL.filter((name) => name !== "drain"),
      },
      {
        title: "a migration comes after the warm-up and before everything that looks at the new release",
        traits: { users: { kind: "api", migrate: "npm run migrate", size: FIXED } },
        steps: ["preflight", "warm", "migrate", ...ALL.slice(2)],
      },
    ];
    const stepsOf = (desired: DesiredReleases, traits: Traits) =>
      ask(state, desired, NO_PROGRESS, traits).map(({ name }) => name);
    for (const { title, traits, steps } of kinds) {
      const { migrate } = traits.users!;
      it(title, () => assert.deepEqual(stepsOf({ users: release("v2", "users", { migrate }) }, traits), steps));
    }

    it("the migration is the pinned release's, whatever the settings of this checkout have", () => {
      const migrating: Traits = { users: { ...API.users!, migrate: "npm run migrate" } };
      const pinned = release("v2", "users", { migrate: "npm run migrate" });
      assert.include(stepsOf({ users: pinned }, API), "migrate");
      assert.notInclude(stepsOf({ users: release("v2") }, migrating), "migrate");
      const { configuration: _, ...unpinned } = pinned;
      assert.include(stepsOf({ users: unpinned }, migrating), "migrate");
    });

    it("a worker that another deploy left running is retired undrained", () => {
      const left = live({ active: "blue", blue: ["v1", 2], green: ["v0", 2] });
      const steps = ask(left, DESIRED, LOOKED, { users: { kind: "worker", migrate: undefined, size: FIXED } });
      assert.deepEqual(
        steps.map(({ name }) => name),
        ["retire", "warm", "verify", "test", "cutover", "confirm", "retire"],
      );
    });
  });

  describe("of a service whose size follows the load", () => {
    const traits: Traits = { users: { kind: "api", migrate: undefined, size: ELASTIC } };
    const done = { ...LOOKED, done: { verify: V2, test: V2 } };
    const warm = live({ active: "blue", blue: ["v1", 2], green: ["v2", 3] });
    const steps = (more: Asked, progress: Progress = done) =>
      ask(warm, DESIRED, progress, traits, more).map(({ name }) => name);
    const end = ["cutover", "confirm", "drain", "retire"];

    it("compares the sizes just before the first production request", () => {
      assert.deepEqual(steps({}), ["matchSize", ...end]);
      assert.deepEqual(steps({ awaitsApproval: true, ramp: [10] }), ["approve", "matchSize", "ramp", ...end]);
      assert.deepEqual(steps({}, withReleases(done, "matchSize", V2)), end);
    });

    it("warms up to what production has grown to, and needs no more when it has shrunk", () => {
      assert.deepEqual(steps({ activeInstances: { users: 4 } }), ["warm", "matchSize", ...end]);
      assert.deepEqual(steps({ activeInstances: { users: 3 } }), ["matchSize", ...end]);
    });

    it("on a rollback goes at once", () => {
      assert.deepEqual(steps({ activeInstances: { users: 9 }, isRollback: true })[0], "cutover");
    });
  });

  describe("of several services", () => {
    const worker = { kind: "worker", migrate: undefined, size: FIXED } as const;
    const desired = {
      users: release("v2"),
      mailer: release("v2", "mailer"),
      doodle: release("v2", "doodle", { migrate: "migrate" }),
    };
    const traits: Traits = {
      users: API.users!,
      mailer: worker,
      doodle: { kind: "api", migrate: "migrate", size: FIXED },
    };
    const start = (name: string) => live({ active: "blue", blue: ["v1", 2], green: null }, { service: name });
    const state = together(start("users"), start("mailer"), start("doodle"));
    const shown = (steps: Row[]) => steps.map(({ name, services }) => `${name} ${services.join(" ")}`);

    it("does each step for all whom it concerns, at once", () => {
      assert.deepEqual(shown(ask(state, desired, NO_PROGRESS, traits)), [
        "preflight users mailer doodle",
        "warm users mailer doodle",
        "migrate doodle",
        "verify users mailer doodle",
        "test users mailer doodle",
        "cutover users mailer doodle",
        "confirm users mailer doodle",
        "drain users doodle",
        "retire users mailer doodle",
      ]);
    });

    it("on the way back verifies a worker only where it was warmed for that", () => {
      const [both, retired] = [2, 0].map((size) =>
        live({ active: "green", blue: ["v1", size], green: ["v2", 2] }, { service: "mailer" }),
      );
      const v1 = { mailer: release("v1", "mailer") };
      const back = (state: Live, progress = LOOKED) => shown(ask(state, v1, progress, traits, { isRollback: true }));
      assert.deepEqual(back(both!), ["cutover mailer", "confirm mailer", "coolDown mailer"]);
      const verified = ["verify mailer", "cutover mailer", "confirm mailer", "coolDown mailer"];
      assert.deepEqual(back(retired!), ["warm mailer", ...verified]);
      const warm = { ...LOOKED, done: { warm: [releaseKey(v1.mailer)] } };
      assert.deepEqual(back(both!, warm), verified);
    });

    it("leaves out what came true before", () => {
      const done = together(state, live({ active: "green", blue: ["v1", 0], green: ["v2", 2] }, { service: "users" }));
      assert.deepEqual(shown(ask(done, desired, LOOKED, traits)), [
        "warm mailer doodle",
        "migrate doodle",
        "verify mailer doodle",
        "test mailer doodle",
        "cutover mailer doodle",
        "confirm mailer doodle",
        "drain doodle",
        "retire mailer doodle",
      ]);
    });
  });

  describe("with a ramp and a bake", () => {
    const state = live({ active: "blue", blue: ["v1", 2], green: ["v2", 2] });
    const tested = { ...LOOKED, done: { verify: V2, test: V2 } };
    const shown = (steps: Row[]) => steps.map(({ name, share }) => (share === undefined ? name : `${name} ${share}`));
    const more = { ramp: [1, 10, 50], bakeSeconds: 180 };

    it("ramps share by share, then bakes before the drain", () => {
      assert.deepEqual(shown(ask(state, DESIRED, tested, API, more)), [
        "ramp 1",
        "ramp 10",
        "ramp 50",
        "cutover",
        "confirm",
        "bake",
        "drain",
        "retire",
      ]);
    });

    it("goes on after the shares that were watched", () => {
      const ramped = [1, 10].map((share) => rampedKey(releaseKey(release("v2")), share));
      assert.deepEqual(
        shown(ask(state, DESIRED, { ...tested, done: { ...tested.done, ramp: ramped } }, API, more)).slice(0, 2),
        ["ramp 50", "cutover"],
      );
    });

    it("ramps no worker, and no first release", () => {
      const worker: Traits = { users: { kind: "worker", migrate: undefined, size: FIXED } };
      assert.deepEqual(shown(ask(state, DESIRED, tested, worker, more)), ["cutover", "confirm", "bake", "retire"]);
      const first = live({ active: "green", blue: ["v2", 2], green: null });
      assert.deepEqual(shown(ask(first, DESIRED, tested, API, more)), ["cutover", "confirm"]);
    });
  });

  describe("with an approval", () => {
    const state = live({ active: "blue", blue: ["v1", 2], green: ["v2", 2] });
    const shown = (steps: Row[]) => steps.map(({ name, share }) => (share === undefined ? name : `${name} ${share}`));
    const awaiting = { awaitsApproval: true, ramp: [10], bakeSeconds: 180 };
    const from = (progress: Progress, more: Asked = {}, at = state, desired: DesiredReleases = DESIRED) =>
      shown(ask(at, desired, progress, API, { ...awaiting, ...more }));
    const end = ["ramp 10", "cutover", "confirm", "bake", "drain", "retire"];
    const table: { title: string; steps: string[]; is: string[] }[] = [
      {
        title: "asks after the test, and before production has any part in it",
        steps: from(NO_PROGRESS, {}, live({ active: "blue", blue: ["v1", 2], green: null })),
        is: ["preflight", "warm", "verify", "test", "approve", ...end],
      },
      {
        title: "asks once it is tested",
        steps: from({ ...LOOKED, done: { verify: V2, test: V2 } }),
        is: ["approve", ...end],
      },
      {
        title: "asks no more when somebody has said yes",
        steps: from({ ...LOOKED, done: { verify: V2, test: V2 } }, { awaitsApproval: false }),
        is: end,
      },
      {
        title: "asks for a first release, too",
        steps: from(LOOKED, {}, live({ active: "green", blue: ["v2", 2], green: null })),
        is: ["verify", "test", "approve", "cutover", "confirm"],
      },
      {
        title: "asks nobody for what is active already",
        steps: from(
          { ...LOOKED, done: { test: V2 } },
          {},
          live({ active: "green", blue: ["v1", 2], green: ["v2", 2] }),
        ),
        is: ["confirm", "bake", "drain", "retire"],
      },
      {
        title: "asks nobody on the way back",
        steps: from(LOOKED, { isRollback: true }, state, { users: release("v1") }),
        is: ["coolDown"],
      },
    ];
    for (const { title, steps, is } of table) it(title, () => assert.deepEqual(steps, is));
  });

  describe("back to what was active before", () => {
    const back = { users: release("v1") };
    const on = (state: Live, more: Asked = {}, progress: Partial<Progress> = {}, desired: DesiredReleases = back) =>
      ask(state, desired, { ...LOOKED, ...progress }, API, {
        isRollback: true,
        ramp: [10],
        bakeSeconds: 180,
        ...more,
      }).map(({ name }) => name);
    const routedAtMs = 1;
    const KEPT = live({ active: "blue", blue: ["v1", 2], green: ["v0", 2] });
    const table: { title: string; steps: string[]; is: string[] }[] = [
      {
        title: "before the cutover",
        steps: on(live({ active: "blue", blue: ["v1", 2], green: ["v2", 2] })),
        is: ["coolDown"],
      },
      {
        title: "before a colour that still had traffic at an earlier drain's cap was stopped: it stays",
        steps: on(KEPT, { before: KEPT }),
        is: [],
      },
      {
        title: "after such a colour, whose release was wanted again, had grown: it stays",
        steps: on(live({ active: "blue", blue: ["v1", 4], green: ["v0", 4] }), { before: KEPT }),
        is: [],
      },
      {
        title: "where such a colour gave way to the new release",
        steps: on(live({ active: "blue", blue: ["v1", 2], green: ["v2", 2] }), { before: KEPT }),
        is: ["coolDown"],
      },
      {
        title: "where such a colour is half gone",
        steps: on(KEPT, { before: KEPT, unsettled: "sizes" }),
        is: ["coolDown"],
      },
      {
        title: "where such a colour had a share of production again",
        steps: on(KEPT, { before: KEPT }, { routedAtMs }),
        is: ["confirm", "drain", "coolDown"],
      },
      {
        title: "with nothing warm",
        steps: on(live({ active: "blue", blue: ["v1", 2], green: ["v2", 0] })),
        is: [],
      },
      {
        title: "after a cutover that was half done",
        steps: on(
          live({ active: "blue", blue: ["v1", 2], green: ["v2", 2] }),
          { unsettled: "routing" },
          { routedAtMs },
        ),
        is: ["cutover", "confirm", "drain", "coolDown"],
      },
      {
        title: "in a ramp",
        steps: on(
          ramped(live({ active: "blue", blue: ["v1", 2], green: ["v2", 2] }), ["users"], 10),
          {},
          { routedAtMs },
        ),
        is: ["cutover", "confirm", "drain", "coolDown"],
      },
      {
        title: "after the cutover, the old colour warm",
        steps: on(live({ active: "green", blue: ["v1", 2], green: ["v2", 2] }), {}, { routedAtMs }),
        is: ["verify", "cutover", "confirm", "drain", "coolDown"],
      },
      {
        title: "after a retirement that was half done: nobody knows how many are left",
        steps: on(live({ active: "green", blue: ["v1", 2], green: ["v2", 2] }), { unsettled: "sizes" }, { routedAtMs }),
        is: ["warm", "verify", "cutover", "confirm", "drain", "coolDown"],
      },
      {
        title: "after the retirement",
        steps: on(live({ active: "green", blue: ["v1", 0], green: ["v2", 2] }), {}, { routedAtMs }),
        is: ["warm", "verify", "cutover", "confirm", "drain", "coolDown"],
      },
      {
        title: "after a cool down that was half done",
        steps: on(live({ active: "blue", blue: ["v1", 2], green: ["v2", 0] }), { unsettled: "sizes" }),
        is: ["coolDown"],
      },
      {
        title: "of a first release that is not active yet",
        steps: on(live({ active: "green", blue: ["v2", 2], green: null }), {}, {}, { users: null }),
        is: ["coolDown"],
      },
      {
        title: "of a first release that is active: there is none",
        steps: on(live({ active: "blue", blue: ["v2", 2], green: null }), {}, { routedAtMs }, { users: null }),
        is: [],
      },
    ];
    for (const { title, steps, is } of table) it(title, () => assert.deepEqual(steps, is));
  });

  it("gives no end to an old colour that still had traffic at the drain's cap", () => {
    const flipped = live({ active: "green", blue: ["v1", 2], green: ["v2", 2] });
    const done = { ...LOOKED, done: { verify: V2, test: V2, confirm: V2, drain: V1 } };
    const steps = (kept: string[]) => ask(flipped, DESIRED, { ...done, kept }, API, { keepsWarm: true });
    assert.deepEqual(
      steps([]).map(({ name }) => name),
      ["keepWarm"],
    );
    assert.deepEqual(steps([...V1]), []);
  });

  it("warms again what an `up` that did not end was warming", () => {
    const state = live({ active: "blue", blue: ["v1", 2], green: ["v2", 2] });
    const steps = ask(state, DESIRED, LOOKED, API, { unsettled: "sizes" }).map(({ name }) => name);
    assert.deepEqual(steps, ALL.slice(1));
  });

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
  const trait = fc.record({
    kind: fc.constantFrom("api" as const, "worker" as const),
    migrate: fc.constantFrom(undefined, "migrate"),
    size: fc.constantFrom(FIXED, ELASTIC),
  });
  const NAMES = ["users", "mailer", "doodle"];
  const worlds = fc
    .array(fc.tuple(world, trait), { minLength: 1, maxLength: NAMES.length })
    .map((services) => services.map(([sketch, traits], index) => ({ name: NAMES[index]!, sketch, traits })));

  it("from everywhere, planning again after each step ends with every desired release active and the other colours at 0", () => {
    fc.assert(
      fc.property(worlds, (services) => {
        const [first, ...rest] = services.map(({ name, sketch }) => live(sketch, { service: name }));
        let state = together(first!, ...rest);
        const desired = Object.fromEntries(
          services.map(({ name, traits: { migrate } }) => [name, release("v2", name, { migrate })]),
        );
        const traits: Traits = Object.fromEntries(services.map(({ name, traits }) => [name, traits]));
        let progress = NO_PROGRESS;
        let steps = 0;
        let cutovers = 0;
        for (
          let next = ask(state, desired, progress, traits)[0];
          next;
          next = ask(state, desired, progress, traits)[0]
        ) {
          assert.isBelow(++steps, 20, "the plan does not end");
          if (next.name === "cutover") assert.equal(++cutovers, 1, "all go over in one step");
          for (const name of next.services) check(next.name, name, state, progress, desired, traits);
          [state, progress] = after(next, state, progress, desired);
        }
        for (const { name } of services) {
          const { active, colours } = state.services[name]!;
          assert.deepEqual(colours[active].release, desired[name]);
          assert.equal(colours[other(active)].size, 0);
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** What must be true before a step is done for a service. */
function check(
  step: string,
  name: string,
  state: Live,
  progress: Progress,
  desired: DesiredReleases,
  traits: Traits,
): void {
  const { active, colours } = state.services[name]!;
  const idle = colours[other(active)];
  const key = releaseKey(desired[name]!);
  const { kind, migrate } = traits[name]!;
  const isDone = (earlier: string, release: string) => progress.done[earlier]?.includes(release) ?? false;
  if (step === "warm") assert.equal(idle.size, 0, "a release changes only at size 0");
  if (["verify", "test", "cutover"].includes(step) && migrate)
    assert.isTrue(isDone("migrate", key), "nothing looks at what is not migrated");
  if (step === "cutover") assert.isTrue(isDone("verify", key) && isDone("test", key), "no cutover untested");
  if (step === "drain") assert.equal(kind, "api");
  if (step === "retire" && kind === "api")
    assert.isTrue(isDone("drain", releaseKey(idle.release!)), "nothing is stopped undrained");
  if (step === "retire" && isSameRelease(colours[active].release, desired[name]) && isDone("test", key))
    assert.isTrue(isDone("confirm", key), "nothing is stopped before its successor is confirmed");
}

function after({ name, services }: Row, state: Live, progress: Progress, desired: DesiredReleases): [Live, Progress] {
  const releases = services.map((service) => releaseKey(desired[service]!));
  switch (name) {
    case "preflight":
      return [state, { ...progress, preflight: true }];
    case "warm": {
      const sizes = services.map((service) => [service, { release: desired[service]!, size: 2 }] as const);
      return [warmed(state, Object.fromEntries(sizes)), progress];
    }
    case "migrate":
      return [state, withReleases(progress, "migrate", releases)];
    case "verify":
      return [state, withReleases(progress, "verify", releases)];
    case "test":
      return [state, withReleases(progress, "test", releases)];
    case "matchSize":
      return [state, withReleases(progress, "matchSize", releases)];
    case "cutover":
      return [routed(state, desired, services), { ...progress, routedAtMs: 1 }];
    case "confirm":
      return [state, withReleases(progress, "confirm", releases)];
    case "drain": {
      const drained = services.map((service) => {
        const { active, colours } = state.services[service]!;
        return releaseKey(colours[other(active)].release!);
      });
      return [state, withReleases(progress, "drain", drained)];
    }
    case "retire":
      return [retired(state, services), progress];
    default:
      throw new Error(`after() does not say what the step ${name} changes`);
  }
}
