import { expect } from "chai";
import { assertMayPlan } from "../../../automation/preview/may-plan";
import { failureOf } from "../../failure-of";
import { Scene } from "../deploy/scene";
import { entry, ME } from "../store/samples";

describe("a plan beside another run", () => {
  let scene: Scene;
  beforeEach(() => {
    scene = new Scene();
  });
  afterEach(() => scene.close());

  it("may be that of a deploy while the run goes on, and none while nobody goes on with it", async () => {
    const { store } = scene;
    const { live } = scene.stack.current!;
    await assertMayPlan(store, "rollback", live);
    const lease = await store.acquire(ME);
    await store.append("20261125T000000Z-1", entry("opened", { fencing: lease.fencing }));
    await assertMayPlan(store, "deploy", live);
    expect(await failureOf(assertMayPlan(store, "rollback", live))).to.include({
      exitCode: 1,
      message:
        "20261125T000000Z-1 (deploy users=v2) by me@here is running, and a rollback depends on how it ends: plan again after that",
    });
    await lease.release();
    for (const command of ["deploy", "rollback"] as const)
      expect(await failureOf(assertMayPlan(store, command, live))).to.include({
        exitCode: 1,
        message:
          "20261125T000000Z-1 (deploy users=v2 by me@here) is not finished: `resume` goes on with it, `abort` takes it back",
      });
    await store.append("20261125T000000Z-1", entry("closed", { fencing: lease.fencing }));
    for (const command of ["deploy", "rollback"] as const) await assertMayPlan(store, command, live);
  });
});
