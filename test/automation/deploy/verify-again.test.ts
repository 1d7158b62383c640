import { assert } from "chai";
import type { DeployEvent } from "../../../automation/ports/events";
import { Scene, sizes } from "./scene";
import { live, together } from "./worlds";

/** It matches the names of the steps from verify to the cutover. */
const UNTIL_CUTOVER = /^(verify|test|matchSize|cutover)$/;

describe("a wait between verify and the cutover", () => {
  let scene: Scene;

  afterEach(() => scene.close());

  /** A test that takes so many seconds, and writes one line. */
  function testThatTakes(seconds: number, meanwhile: () => void = () => {}): void {
    scene = new Scene(undefined, { test: "echo tested" });
    const { events, clock } = scene;
    events.push = (event: DeployEvent) => {
      if (event.type === "progress" && event.step === "test") {
        clock.nowMs += seconds * 1000;
        meanwhile();
      }
      return Array.prototype.push.call(events, event);
    };
  }

  const steps = () => scene.steps().filter((step) => UNTIL_CUTOVER.test(step));

  it("has the release verified again after a long test", async () => {
    testThatTakes(600);
    assert.isNull(await scene.deploy());
    assert.deepEqual(steps(), ["verify", "test", "verify", "cutover"]);
  });

  it("takes back a release that failed during its own test", async () => {
    testThatTakes(600, () => {
      scene.look = (cluster, seen) =>
        cluster === "users-green"
          ? { ...seen, targets: seen.targets.map((target) => ({ ...target, state: "unhealthy" })) }
          : seen;
    });
    assert.match(String(await scene.deploy()), /verify failed: users green did not come up/);
    assert.equal(sizes(scene.stack.current!.live), "blue 2 (active), green 0");
  });

  it("costs nothing after a short test", async () => {
    testThatTakes(20);
    assert.isNull(await scene.deploy());
    assert.deepEqual(steps(), ["verify", "test", "cutover"]);
  });

  it("has those verified again, too, that wait while another one is warmed once more", async () => {
    const service = (name: string) => live({ active: "blue", blue: ["v1", 2], green: null }, { service: name });
    scene = new Scene(together(service("users"), service("doodle")), { size: { min: 2, max: 6 } });
    scene.look = (cluster, seen) =>
      cluster === "users-blue" && scene.steps().includes("test") ? { ...seen, inService: 4 } : seen;
    assert.isNull(await scene.deploy());
    const verified = (await scene.journal()).flatMap((entry) =>
      entry.kind === "stepStarted" && entry.step === "verify" ? [entry.services] : [],
    );
    assert.deepEqual(verified, [
      ["users", "doodle"],
      ["users", "doodle"],
    ]);
  });

  it("has it verified again when AWS did not say for a while how many instances there are", async () => {
    scene = new Scene(undefined, { size: { min: 2, max: 6 } });
    let askedMs = 0;
    scene.look = (cluster, seen) => {
      if (cluster !== "users-blue" || scene.steps().at(-1) !== "matchSize") return seen;
      askedMs ||= scene.clock.now();
      if (scene.clock.now() - askedMs >= 90_000) return seen;
      throw Object.assign(new Error("Rate exceeded"), { name: "ThrottlingException" });
    };
    assert.isNull(await scene.deploy());
    assert.deepEqual(steps(), ["verify", "test", "matchSize", "verify", "cutover"]);
  });
});
