import { assert } from "chai";
import { emptyModel } from "../../../../automation/page/deploy/model";
import { takeEvent } from "../../../../automation/page/deploy/take-event";
import { countTargets, takeLook } from "../../../../automation/page/deploy/take-look";
import { BAD, done, ramping, START_MS, Told, wentBack } from "./sample-events";

describe("the page's model", () => {
  it("has each step with its share, times and way", () => {
    const { runs, durationMs } = wentBack().model();
    const [run] = runs;
    assert.deepEqual(
      run!.steps.map(({ name, share, startedAtMs, endedAtMs, ok, isWayBack }) => [
        name,
        share,
        startedAtMs,
        endedAtMs,
        ok,
        isWayBack,
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
    assert.deepEqual(run!.turned, { atMs: 12_000, step: "bake", reason: BAD });
    assert.equal(run!.judged[0]!.periods[0]!.errors, 31);
    assert.equal(durationMs, 16_000);
  });

  it("knows what each colour runs, and how production was divided when", () => {
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

  it("knows that rules were led back before the stack says so: after a cutover, and in a ramp", () => {
    const greens = (told: Told) =>
      told
        .tell({ type: "routed", services: ["users"] })
        .model()
        .services.users!.shares.at(-1)!.percent.green;
    const flipped = ramping().ends("ramp").starts("cutover").is("green", ["v1", 2], ["v2", 2]).ends("cutover");
    assert.equal(greens(flipped), 0);
    assert.equal(greens(ramping().ends("ramp", false)), 0);
  });

  it("keeps the newest of what was judged, by step and service", () => {
    const told = wentBack();
    const judged = told.events.find((event) => event.type === "analysed")!;
    const { runs } = [...told.events, judged].reduce(takeEvent, emptyModel({ kind: "deploy", stack: "", startMs: 0 }));
    assert.lengthOf(runs[0]!.judged, 1);
  });

  it("does not change what it was made from", () => {
    const before = ramping().model();
    const copy = structuredClone(before);
    for (const event of wentBack().events) takeEvent(before, event);
    takeLook(before, look(START_MS));
    assert.deepEqual(before, copy);
  });

  it("before a run there is only what is waited for", () => {
    const told = new Told().tell(
      { type: "stepStarted", step: "recover", title: "Clear what a crash left" },
      { type: "progress", step: "recover", message: "cancelling a lock" },
    );
    assert.deepInclude(told.model(), { runs: [], notice: "cancelling a lock" });
  });

  const look = (atMs: number, green = { healthy: 0, others: 2 }) => ({
    atMs,
    service: "users",
    targets: { blue: { healthy: 2, others: 0 }, green },
    name: "blue" as const,
  });

  it("takes a look only where something is another than before", () => {
    const looks = [look(START_MS), look(START_MS + 5_000), look(START_MS + 9_000, { healthy: 2, others: 0 })];
    const { services, durationMs } = looks.reduce(takeLook, ramping().model());
    const { colours, names } = services.users!;
    assert.deepEqual(colours.blue.targets, [{ atMs: 0, healthy: 2, others: 0 }]);
    assert.deepEqual(colours.green.targets, [
      { atMs: 0, healthy: 0, others: 2 },
      { atMs: 9_000, healthy: 2, others: 0 },
    ]);
    assert.deepEqual(names, [{ atMs: 0, colour: "blue" }]);
    assert.equal(durationMs, 9_000);
  });

  it("an instance is healthy if all load balancers say so", () => {
    const targets = [
      { instanceId: "i-1", state: "healthy" },
      { instanceId: "i-1", state: "unhealthy" },
      { instanceId: "i-2", state: "healthy" },
      { instanceId: "i-2", state: "healthy" },
    ];
    assert.deepEqual(countTargets(targets), { healthy: 1, others: 1 });
  });
});
