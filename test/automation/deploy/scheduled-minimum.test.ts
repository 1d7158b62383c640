import { assert } from "chai";
import type { ColourObservation } from "../../../automation/ports/observer";
import { Scene, sizes } from "./scene";
import { live } from "./worlds";

const BY_DAY = 4;
const AT_NIGHT = 2;
const schedule = [{ from: "08:00", to: "20:00", min: BY_DAY }];

/** What is left of a colour when Auto Scaling has stopped some of its instances. */
function shrunk(seen: ColourObservation, minimum: number): ColourObservation {
  const left = seen.instances.slice(0, minimum);
  const isLeft = ({ instanceId }: { instanceId: string }) => left.some(({ id }) => id === instanceId);
  return {
    ...seen,
    ...{ instances: left, targets: seen.targets.filter(isLeft), tasks: seen.tasks.filter(isLeft) },
    ...{ inService: left.length, joinedInstances: left.length, minimum: Math.min(minimum, seen.minimum) },
  };
}

describe("a service whose minimum a schedule has lowered since it was deployed", () => {
  let scene: Scene;
  const begin = (size: object) => {
    const start = live({ active: "blue", blue: ["v1", BY_DAY], green: null });
    scene = new Scene(start, { bakeSeconds: 600, keepWarm: "1h", services: { users: { size } } });
  };
  const scheduled = { min: AT_NIGHT, max: 9, schedule };
  afterEach(() => scene.close());

  it("is deployed: fewer instances than by day are no problem of production", async () => {
    begin(scheduled);
    scene.look = (_, seen) => shrunk(seen, AT_NIGHT);
    assert.isNull(await scene.deploy());
    assert.match(sizes(scene.stack.current!.live), /green 2 \(active\)/);
  });

  it("stays deployed if that time comes while the new release is analysed", async () => {
    begin(scheduled);
    let isNight = false;
    scene.stack.onUp = () => {
      const { active } = scene.stack.asked.at(-1)!.services.users!;
      isNight ||= active === "green";
    };
    scene.look = (_, seen) => (isNight ? shrunk(seen, AT_NIGHT) : seen);
    assert.isNull(await scene.deploy());
    assert.isTrue(isNight);
    assert.isNull(await scene.rollback(), "to the colour that is warm, with fewer instances");
  });

  it("is cut over with a minimum that keeps what is warm, where that time comes before the cutover", async () => {
    begin(scheduled);
    // The schedule has lowered what the `up` of warm has set, of both; what a later one sets stays.
    scene.look = (_, seen) => ({ ...seen, minimum: seen.inService === BY_DAY ? AT_NIGHT : seen.minimum });
    assert.isNull(await scene.deploy());
    const [first, again, cutover] = scene.stack.asked.map((state) => sizes(state));
    assert.equal(first, "blue 4 (active), green 4");
    assert.equal(again, "blue 4 (active), green 5", "the same number would be no change of Pulumi's state");
    assert.equal(cutover, "blue 4, green 5 (active)");
    assert.deepEqual(scene.steps().slice(4, 9), ["matchSize", "warm", "verify", "matchSize", "cutover"]);
    const details = scene.events.flatMap((event) =>
      event.type === "stepEnded" && event.step === "matchSize" ? [event.detail] : [],
    );
    assert.match(details[0]!, /^4 instances of users are warm, and its schedule has lowered their minimum to 2: /);
    assert.match(sizes(scene.stack.current!.live), /green 2 \(active\)/);
  });

  it("has a problem with fewer than that", async () => {
    begin(scheduled);
    scene.look = (_, seen) => ({ ...shrunk(seen, AT_NIGHT - 1), minimum: AT_NIGHT });
    assert.match(String(await scene.deploy()), /users blue: 1 of 2 tasks run/);
  });

  it("is no excuse for a service without a schedule, whoever lowered its minimum", async () => {
    begin({ min: AT_NIGHT, max: 9 });
    scene.look = (_, seen) => shrunk(seen, AT_NIGHT);
    assert.match(String(await scene.deploy()), /users blue: 2 of 4 tasks run/);
  });

  it("is deployed, too, where its schedule was taken away since", async () => {
    begin({ min: AT_NIGHT, max: 9 });
    scene.stack.current!.services.users!.colours.blue.scheduledMinimum = BY_DAY;
    scene.look = (cluster, seen) => (cluster === "users-blue" ? shrunk(seen, AT_NIGHT) : seen);
    assert.isNull(await scene.deploy());
    assert.match(sizes(scene.stack.current!.live), /green 2 \(active\)/);
  });
});

describe("a service with a schedule whose old colour was being stopped", () => {
  it("keeps the schedule's minimum in production when `resume` ends that: a group at 0 does not say what it is now", async () => {
    const start = live({ active: "blue", blue: ["v1", BY_DAY], green: null });
    const scene = new Scene(start, { services: { users: { size: { min: AT_NIGHT, max: 9, schedule } } } });
    try {
      scene.stack.failures.set(3, new Error("killed"));
      scene.stack.onUp = (number) => {
        if (number === 3) scene.look = (cluster, seen) => (cluster === "users-blue" ? shrunk(seen, 0) : seen);
      };
      assert.match((await scene.deploy())!.message, /^retire failed: killed/);
      assert.isNull(await scene.resume());
      assert.equal(sizes(scene.stack.current!.live), "blue 0, green 4 (active)");
    } finally {
      scene.close();
    }
  });
});

describe("a service whose minimum a schedule has raised since it was deployed", () => {
  let scene: Scene;
  /** The schedule's time has come for green alone, and AWS brings no instance to blue meanwhile. */
  let isDay = false;
  const begin = (settings = {}) => {
    scene = new Scene(live({ active: "blue", blue: ["v1", AT_NIGHT], green: null }), {
      ...{ ...settings, services: { users: { size: { min: AT_NIGHT, max: 9, schedule } } } },
    });
    isDay = false;
    scene.look = (cluster, seen) => {
      if (cluster === "users-blue") return { ...shrunk(seen, AT_NIGHT), minimum: seen.minimum };
      return isDay && seen.minimum > 0 ? { ...seen, minimum: BY_DAY } : seen;
    };
  };
  afterEach(() => scene.close());

  /** Rolls back after the schedule's time has come. Returns the sizes that its `up`s asked for. */
  const askedByDay = async () => {
    isDay = true;
    scene.stack.asked.length = 0;
    assert.isNull(await scene.rollback());
    return scene.stack.asked.map((state) => sizes(state));
  };

  it("goes back to a colour that was kept warm with the minimum of now, and waits for no instance", async () => {
    begin({ keepWarm: "1h" });
    assert.isNull(await scene.deploy());
    assert.deepEqual(await askedByDay(), ["blue 4 (active), green 2", "blue 4 (active), green 0"]);
  });

  it("goes back with the minimum of now, too, where its time comes while the old release is warmed", async () => {
    begin();
    assert.isNull(await scene.deploy());
    scene.stack.onUp = (number) => {
      isDay ||= scene.stack.messages[number - 1]!.startsWith("warm");
    };
    assert.isNull(await scene.rollback());
    assert.equal(sizes(scene.stack.current!.live), "blue 4 (active), green 0");
  });

  it("goes back so, too, to a colour whose live size was that minimum before the schedule lowered it", async () => {
    begin({ keepWarm: "1h" });
    const { services } = scene.stack.current!.live;
    services.users!.colours.blue.size = BY_DAY;
    const { look } = scene;
    const isBack = () => isDay && scene.stack.current!.live.services.users!.active === "blue";
    scene.look = (cluster, seen) =>
      cluster === "users-blue" && !isBack() ? shrunk(seen, AT_NIGHT) : look(cluster, seen);
    assert.isNull(await scene.deploy());
    assert.deepEqual(await askedByDay(), [
      "blue 5 (active), green 2",
      "blue 4 (active), green 2",
      "blue 4 (active), green 0",
    ]);
  });
});
