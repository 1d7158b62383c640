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
});
