import { assert } from "chai";
import { StepFailed } from "../../../automation/core/errors";
import type { DeployStore } from "../../../automation/ports/store";
import { LeaseLostError } from "../../../automation/ports/store";
import { UserError } from "../../../components/core/user-error";
import { Scene } from "./scene";
import { live } from "./worlds";

/** `resume`, `abort`, `rollback` or `status`. */
const WAY_ON = /`(resume|abort|rollback|status)`/;

describe("the end of a run that does not finish", () => {
  let scene: Scene;

  beforeEach(() => {
    scene = new Scene(live({ active: "blue", blue: ["v1", 2], green: ["v0", 0] }));
  });

  afterEach(() => scene.close());

  function endText(): { reason: string; production: string } {
    const { reason, production, outcome } = scene.event("deployEnded");
    if (outcome === "left") assert.match(reason, WAY_ON);
    return { reason, production: production! };
  }

  /** The lease is lost in the `up` of that number, before or after it has changed something. */
  function loseLeaseIn(up: number, when: "before" | "after"): void {
    const lose = new LeaseLostError(1, null, "it could not be renewed in time");
    const plain = scene.stack.up.bind(scene.stack);
    scene.stack.up = async (state, options) => {
      if (scene.stack.asked.length === up - 1 && when === "before") throw lose;
      const result = await plain(state, options);
      if (scene.stack.asked.length === up) throw lose;
      return result;
    };
  }

  it("says that production is untouched when the lease is lost in the warm-up", async () => {
    loseLeaseIn(1, "after");
    assert.instanceOf(await scene.deploy(), LeaseLostError);
    assert.deepEqual(endText(), {
      reason:
        "lease 1 was lost: it could not be renewed in time; nothing more is done here; production is untouched, the idle colour stays as it is: `resume` goes on, `abort` takes back; `status` first: another run may have taken over",
      production: "users v1 (blue)",
    });
  });

  for (const when of ["before", "after"] as const)
    it(`does not call production untouched when the lease is lost in the cutover, ${when} its change`, async () => {
      loseLeaseIn(2, when);
      assert.instanceOf(await scene.deploy(), LeaseLostError);
      const { reason, production } = endText();
      assert.include(reason, "no colour was stopped; the cutover may be half done: `resume` finishes it");
      assert.equal(production, "users v1 (blue) or v2 (green)");
    });

  it("calls production untouched when the lease is lost before the cutover has begun", async () => {
    const append = scene.store.append.bind(scene.store);
    scene.store.append = async (...args: Parameters<DeployStore["append"]>) => {
      if (args[1].kind === "stepStarted" && args[1].step === "cutover") throw new LeaseLostError(1, null);
      await append(...args);
    };
    assert.instanceOf(await scene.deploy(), LeaseLostError);
    assert.include(endText().reason, "production is untouched, ");
    assert.equal(endText().production, "users v1 (blue)");
  });

  it("names the new release when the journal cannot be written after the cutover", async () => {
    const append = scene.store.append.bind(scene.store);
    scene.store.append = async (...args: Parameters<DeployStore["append"]>) => {
      if (args[1].kind === "stepStarted" && args[1].step === "confirm") throw new UserError("disk full");
      await append(...args);
    };
    await scene.deploy();
    const { reason, production } = endText();
    assert.match(reason, /^the journal could not be written .*; production is on the new release; /);
    assert.equal(production, "users v2 (green)");
  });

  it("says what is wrong with the credentials, and what goes on", async () => {
    const expired = Object.assign(new Error("The security token included in the request is expired"), {
      name: "ExpiredTokenException",
    });
    scene.stack.failures.set(3, expired);
    await scene.deploy();
    const { reason, production } = endText();
    assert.equal(
      reason,
      "retire failed: your AWS credentials have expired: renew them; production is on the new release; the old colour still runs: `resume` goes on",
    );
    assert.equal(production, "users v2 (green)");
  });

  it("says that nothing was changed by what preflight refuses", async () => {
    await scene.deploy("nginx:1");
    assert.match(endText().reason, /nginx:1.*; nothing was changed$/);
    assert.equal(endText().production, "users v1 (blue)");
  });

  it("names what production is on after it was taken back", async () => {
    scene.stack.failures.set(1, new StepFailed("no instances"));
    await scene.deploy();
    assert.equal(endText().production, "users v1 (blue)");
  });
});
