import { assert } from "chai";
import { concurrently } from "../../../automation/core/concurrently";
import { StepFailed } from "../../../automation/core/errors";

const NAMES = Array.from({ length: 20 }, (_, index) => `s${index}`);

describe("concurrently", () => {
  it("returns the results in the items' order, and runs eight at the same time", async () => {
    let running = 0;
    let most = 0;
    const results = await concurrently(NAMES, async (name) => {
      most = Math.max(most, ++running);
      // Later items end earlier.
      for (let turn = NAMES.indexOf(name); turn < NAMES.length; turn++) await Promise.resolve();
      running--;
      return name.toUpperCase();
    });
    assert.deepEqual(
      results,
      NAMES.map((name) => name.toUpperCase()),
    );
    assert.equal(most, 8);
  });

  it("waits for all, and reports every cause", async () => {
    const ended: string[] = [];
    const error = await concurrently(["a", "b", "c"], async (name) => {
      ended.push(name);
      if (name !== "b") throw new StepFailed(`${name} is broken`, `log of ${name}`);
    }).catch((failure: unknown) => failure);
    assert.instanceOf(error, StepFailed);
    assert.equal((error as StepFailed).message, "a is broken; c is broken");
    assert.equal((error as StepFailed).detail, "log of a\nlog of c");
    assert.deepEqual(ended, ["a", "b", "c"]);
  });

  it("throws an unforeseen error as it is", async () => {
    const bug = new TypeError("no");
    const error = await concurrently(["a", "b"], async (name) => {
      throw name === "a" ? new StepFailed("a is broken") : bug;
    }).catch((failure: unknown) => failure);
    assert.equal(error, bug);
  });
});
