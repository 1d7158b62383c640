import { assert } from "chai";
import { applyEvent } from "../../../../automation/page/deploy/apply-event";
import { emptyModel, emptyService } from "../../../../automation/page/deploy/model";
import { applyObservation, countTargets } from "../../../../automation/page/deploy/service-observation";
import { BAD, done, ramping, START_MS, Told, wentBack } from "./sample-events";

describe("the page's model", () => {
  it("has each step with its share, its times and its direction", () => {
    const { runs, durationMs } = wentBack().model();
    const [run] = runs;
    assert.deepEqual(
      run!.steps.map(({ name, share, startedAtMs, endedAtMs, ok, isRollback }) => [
        name,
        share,
        startedAtMs,
        endedAtMs,
        ok,
        isRollback,
      ]),
      [
        ["preflight", null, 0, 2_000, true, false],
        ["warm", null, 2_000, 4_000, true, false],
        ["test", null, 4_000, 6_000, true, false],
        ["ramp", 10, 6_000, 8_000, true, false],
        ["cutover", null, 8_000, 10_000, true, false],
        ["bake", null, 10_000, 12_000, false, false],
        ["cutover", null, 12_000, 14_000, true, true],
        ["coolDown", null, 14_000, 16_000, true, true],
      ],
    );
    assert.deepEqual(run!.rollback, { atMs: 12_000, step: "bake", reason: BAD });
    assert.equal(run!.analyses[0]!.periods[0]!.errors, 31);
    assert.equal(durationMs, 16_000);
  });

  it("knows what each colour runs, and the shares of production over time", () => {
    const { users } = done().model().services;
    assert.equal(users!.active, "green");
    assert.deepInclude(users!.colours.blue, { release: "v1", size: 0 });
    assert.deepInclude(users!.colours.green, { release: "v2", size: 2 });
    assert.deepEqual(
      users!.shares.map(({ atMs, percent }) => [atMs, percent.blue, percent.green]),
      [
        [0, 100, 0],
        [6_000, 90, 10],
        [8_000, 0, 100],
      ],
    );
  });

  it("knows that a rollback routed production back before the stack says so: after a cutover, and in a ramp", () => {
    const greens = (told: Told) =>
      told
        .tell({ type: "routed", services: ["users"], to: { users: "blue" } })
        .model()
        .services.users!.shares.at(-1)!.percent.green;
    const flipped = ramping().ends("ramp").starts("cutover").is("green", ["v1", 2], ["v2", 2]).ends("cutover");
    assert.equal(greens(flipped), 0);
    assert.equal(greens(ramping().ends("ramp", false)), 0);
    // The `up` failed after it had changed the rules: the stack does not say so.
    assert.equal(greens(ramping().ends("ramp").starts("cutover").ends("cutover", false)), 0);
  });

  it("keeps the newest analysis of each step and service", () => {
    const told = wentBack();
    const analysed = told.events.find((event) => event.type === "analysed")!;
    const { runs } = [...told.events, analysed].reduce(
      applyEvent,
      emptyModel({ kind: "deploy", stack: "", startMs: 0 }),
    );
    assert.lengthOf(runs[0]!.analyses, 1);
  });

  it("gives a worker no share of production", () => {
    const start = emptyModel({ kind: "deploy", stack: "prod", startMs: START_MS });
    const seeded = { ...start, services: { users: { ...emptyService(), kind: "worker" as const } } };
    const { users } = done().events.reduce(applyEvent, seeded).services;
    assert.deepInclude(users, { kind: "worker", active: "green", shares: [] });
  });

  it("does not change the model that it gets", () => {
    const before = ramping().model();
    const copy = structuredClone(before);
    for (const event of wentBack().events) applyEvent(before, event);
    applyObservation(before, observation(START_MS));
    assert.deepEqual(before, copy);
  });

  it("shows only the notice before a run begins", () => {
    const told = new Told().tell(
      { type: "stepStarted", step: "recover", title: "Clear what an earlier update left" },
      { type: "progress", step: "recover", message: "cancelling a lock" },
    );
    assert.deepInclude(told.model(), { runs: [], notice: "cancelling a lock" });
  });

  const observation = (atMs: number, green = { healthy: 0, others: 2 }) => ({
    atMs,
    service: "users",
    targets: { blue: { healthy: 2, others: 0 }, green },
    name: "blue" as const,
  });

  it("adds an observation only where something has changed, and the time of the last lookup", () => {
    const observations = [
      observation(START_MS),
      observation(START_MS + 5_000),
      observation(START_MS + 9_000, { healthy: 2, others: 0 }),
    ];
    const { services, durationMs } = observations.reduce(applyObservation, ramping().model());
    const { colours, names, namesSeenAtMs } = services.users!;
    assert.deepEqual(colours.blue.targets, [{ atMs: 0, healthy: 2, others: 0 }]);
    assert.deepEqual(colours.green.targets, [
      { atMs: 0, healthy: 0, others: 2 },
      { atMs: 9_000, healthy: 2, others: 0 },
    ]);
    assert.deepEqual(names, [{ atMs: 0, colour: "blue" }]);
    assert.equal(namesSeenAtMs, 9_000);
    assert.equal(durationMs, 9_000);
  });

  it("counts an instance as healthy if all load balancers say so", () => {
    const targets = [
      { instanceId: "i-1", state: "healthy" },
      { instanceId: "i-1", state: "unhealthy" },
      { instanceId: "i-2", state: "healthy" },
      { instanceId: "i-2", state: "healthy" },
    ];
    assert.deepEqual(countTargets(targets), { healthy: 1, others: 1 });
  });
});
