import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert } from "chai";
import { type Clock, systemClock } from "../../../../automation/core/clock";
import { RunPage } from "../../../../automation/page/deploy/run-page";
import { live, outputsOf } from "../../deploy/worlds";
import { ramping, START_MS, Told } from "./sample-events";

const HOUR_MS = 3_600_000;

describe("the page of a run", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "run-page-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("shows the last notice of a command that found nothing left to do, and no failure", async () => {
    const file = join(folder, "deploy.html");
    const closed = async (reason: string) => {
      const page = await RunPage.open({
        ...{ stack: "prod", clock: systemClock, outputs: null, port: null, file, pollIntervalMs: HOUR_MS },
        observer: { colour: () => assert.fail(), aliases: () => assert.fail() },
        onFailure: (error) => assert.fail(error.message),
      });
      page.apply({ type: "notice", atMs: START_MS, message: "the run was taken back: production is on users v1" });
      await page.close(reason);
      return readFile(file, "utf8");
    };
    const well = await closed("");
    assert.include(well, "the run was taken back: production is on users v1");
    assert.include(well, "✔");
    const refused = await closed("nothing to abort");
    assert.include(refused, "nothing to abort");
    assert.include(refused, "✘");
  });

  it("looks the name up again after each `up`, and says when it did", async () => {
    let nowMs = START_MS;
    let target = "blue.elb.test";
    let onLookup: (host: string) => void = () => {};
    const nextLookup = () => new Promise<string>((resolve) => (onLookup = resolve));
    const clock: Clock = { ...systemClock, now: () => nowMs };
    const file = join(folder, "deploy.html");

    const first = nextLookup();
    const page = await RunPage.open({
      stack: "prod",
      clock,
      outputs: outputsOf(live({ active: "blue", blue: ["v1", 2], green: ["v2", 2] })),
      observer: {
        colour: async () => ({
          targets: [],
          tasks: [],
          inService: 0,
          minimum: 0,
          instances: [],
          joinedInstances: 0,
          failedActivities: [],
          failedTasks: [],
        }),
        aliases: async (_zone, [host]) => {
          queueMicrotask(() => onLookup(host!));
          return { [host!]: target };
        },
      },
      port: null,
      file,
      // Only an `up` ends the pause.
      pollIntervalMs: HOUR_MS,
      onFailure: (error) => assert.fail(error.message),
    });
    const up = new Told().tell({
      type: "up",
      step: "bake",
      serial: 1,
      seconds: 1,
      waitedSeconds: 0,
      changes: {},
      resources: [],
    }).events[0]!;

    for (const event of ramping().events) page.apply(event);
    page.apply(up);
    assert.equal(await first, "users.example.jp");

    target = "green.elb.test";
    nowMs += 65_000;
    const second = nextLookup();
    page.apply(up);
    assert.equal(await second, "users.example.jp");

    await page.close("");
    assert.include(
      await readFile(file, "utf8"),
      "In DNS its name leads to the Green load balancer, as of 09:31:05 UTC.",
    );
  });

  it("is kept although AWS does not answer at the end", async () => {
    const file = join(folder, "deploy.html");
    const never = () => new Promise<never>(() => {});
    const page = await RunPage.open({
      ...{ stack: "prod", port: null, file, pollIntervalMs: HOUR_MS },
      // The limit of the last look is over at once.
      clock: { ...systemClock, sleep: async () => {} },
      outputs: outputsOf(live({ active: "blue", blue: ["v1", 2], green: ["v2", 2] })),
      observer: { colour: never, aliases: never },
      onFailure: (error) => assert.fail(error.message),
    });
    for (const event of ramping().events) page.apply(event);
    await page.close("");
    assert.include(await readFile(file, "utf8"), "users v2");
  });
});
