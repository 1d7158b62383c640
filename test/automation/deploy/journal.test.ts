import { assert } from "chai";
import { DeployFailed, StepFailed } from "../../../automation/core/errors";
import { JournalNotWritten } from "../../../automation/deploy/journal";
import { type DeployStore, StoreUnreachable } from "../../../automation/ports/store";
import { UserError } from "../../../components/core/user-error";
import { Scene, sizes } from "./scene";

describe("the journal of a run", () => {
  let scene: Scene;
  beforeEach(() => {
    scene = new Scene();
  });
  afterEach(() => scene.close());

  /** Lets writes of the store fail: those of the end of a step, as often as `errors` lasts. */
  function failAfter(step: string, errors: Error[]): void {
    const append = scene.store.append.bind(scene.store);
    scene.store.append = async (...args: Parameters<DeployStore["append"]>) => {
      const [, entry] = args;
      const error = entry.kind === "stepEnded" && entry.step === step ? errors.shift() : undefined;
      if (error) throw error;
      await append(...args);
    };
  }

  const unreachable = (times: number) =>
    Array.from({ length: times }, () => new StoreUnreachable("s3://store/journal could not be reached: 503", null));

  for (const step of ["verify", "cutover", "confirm"] as const)
    it(`is written after ${step} when the store answers again: nothing is taken back`, async () => {
      failAfter(step, unreachable(3));
      assert.isNull(await scene.deploy());
      assert.equal(sizes(scene.stack.current!.live), "blue 0, green 2 (active)");
      const ends = (await scene.journal()).flatMap((entry) =>
        entry.kind === "stepEnded" && entry.step === step ? [entry.ok] : [],
      );
      assert.deepEqual(ends, [true]);
    });

  for (const [title, errors] of [
    ["never takes an entry", unreachable(1_000)],
    ["refuses one", [new UserError("bucket store refuses access")]],
  ] as const)
    it(`ends the run where the store ${title}, and resume goes on`, async () => {
      const left = [...errors];
      failAfter("cutover", left);
      const error = await scene.deploy();
      assert.instanceOf(error, JournalNotWritten);
      assert.match(
        error.message,
        /^the journal could not be written \(.*\): the run stops here; `resume` goes on with what was begun$/,
      );
      assert.notInclude(scene.steps(), "coolDown");
      assert.equal(sizes(scene.stack.current!.live), "blue 2, green 2 (active)");
      left.length = 0;
      assert.isNull(await scene.resume());
      assert.equal(sizes(scene.stack.current!.live), "blue 0, green 2 (active)");
    });

  it("without its last line: the end of a failed run is told all the same", async () => {
    scene.stack.failures.set(1, new StepFailed("no instances"));
    const append = scene.store.append.bind(scene.store);
    scene.store.append = async (...args: Parameters<DeployStore["append"]>) => {
      if (args[1].kind === "closed") throw new UserError("bucket store refuses access");
      await append(...args);
    };
    assert.instanceOf(await scene.deploy(), JournalNotWritten);
    const { reason, outcome, failedStep } = scene.event("deployEnded");
    assert.match(
      reason,
      /^warm failed: no instances; production is untouched, .* back at 0; the journal could not be written \(bucket store refuses access\)/,
    );
    assert.deepEqual([outcome, failedStep], ["left", "warm"]);
  });

  it("says that a run is left which could not begin its way back: nothing was taken back", async () => {
    scene.stack.failures.set(2, new StepFailed("Throttling: Rate exceeded"));
    const acquire = scene.store.acquire.bind(scene.store);
    scene.store.acquire = async (holder) => {
      const lease = await acquire(holder);
      const assertHeld = lease.assertHeld.bind(lease);
      lease.assertHeld = async () => {
        if (scene.stack.asked.length === 2) throw new UserError("your AWS credentials have expired: renew them");
        await assertHeld();
      };
      scene.stack.guardLease = () => {};
      return lease;
    };
    const error = await scene.deploy();
    assert.instanceOf(error, DeployFailed);
    const { reason, outcome } = scene.event("deployEnded");
    assert.match(
      reason,
      /^cutover failed: Throttling.*; going back failed: your AWS credentials have expired: renew them; `abort`/,
    );
    assert.equal(outcome, "left");
    scene.store.acquire = acquire;
    assert.isNull(await scene.abortRun());
    assert.equal(sizes(scene.stack.current!.live), "blue 2 (active), green 0");
  });
});
