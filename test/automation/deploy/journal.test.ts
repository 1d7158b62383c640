import { assert } from "chai";
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
});
