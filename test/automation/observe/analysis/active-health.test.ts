import { assert } from "chai";
import { ActiveHealth } from "../../../../automation/observe/analysis/active-health";
import { Scene } from "../../deploy/scene";

describe("ActiveHealth", () => {
  let scene: Scene;
  beforeEach(() => {
    scene = new Scene();
  });
  afterEach(() => scene.close());

  /** Looks while each look at a colour ends with this error. */
  async function lookedAt(error: Error): Promise<void> {
    const observer = { ...scene.context.observer, colour: () => Promise.reject(error) };
    await new ActiveHealth({ ...scene.context, observer }, scene.state(), ["users"]).lookLast();
  }

  it("takes a colour for healthy while AWS does not answer", async () => {
    await lookedAt(Object.assign(new Error("connect ETIMEDOUT"), { name: "TimeoutError" }));
  });

  for (const error of [
    new TypeError("undefined is not a function"),
    Object.assign(new Error("not allowed"), { name: "AccessDeniedException" }),
  ])
    it(`passes on what stays the same: ${error.name}`, async () => {
      const caught = await lookedAt(error).catch((failure: unknown) => failure);
      assert.equal(caught, error);
    });
});
