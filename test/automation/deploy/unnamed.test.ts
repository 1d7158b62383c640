import { assert } from "chai";
import { Scene } from "./scene";

describe("a service that sends no x-release header", () => {
  let scene: Scene;

  beforeEach(() => {
    scene = new Scene();
    scene.hear = (_, answer) => ({ ...answer, release: "" });
  });
  afterEach(() => scene.close());

  const notices = () => scene.events.flatMap((event) => (event.type === "notice" ? [event.message] : []));
  const detailOf = (step: string) =>
    scene.events.flatMap((event) => (event.type === "stepEnded" && event.step === step ? [event.detail] : []))[0];

  it("is deployed, and one line says once what was not heard", async () => {
    assert.isNull(await scene.deploy());
    assert.deepEqual(notices(), [
      "users sends no x-release header: which release answers is concluded from AWS (digests behind healthy targets, weights of rules), not heard",
    ]);
    assert.equal(detailOf("verify"), "users-test.example.jp answers, 2 of 2 green targets healthy with its digest");
    assert.isNull(await scene.rollback());
    assert.lengthOf(notices(), 1);
  });

  it("goes back if the rules do not lead to the new release", async () => {
    scene.look = (_, seen) => {
      if (scene.stack.asked.length === 2) scene.stack.routedAhead.set("users", "blue");
      return seen;
    };
    const error = await scene.deploy();
    assert.include(
      error!.message,
      "the production rule on the public blue load balancer gives 100 % to blue, wanted 0 %, 0 % to green, wanted 100 %",
    );
    assert.equal(scene.event("deployEnded").outcome, "takenBack");
  });

  it("is asked for its health all the same", async () => {
    scene.hear = ({ url }, answer) => ({ ...answer, release: "", ...(url.includes("-test.") && { status: 500 }) });
    const error = await scene.deploy();
    assert.match(error!.message, /^verify failed: users is not up: users-test\.example\.jp .* answers 500, wanted 2xx/);
  });

  it("is refused at once if it sends what is no release, and may go back all the same", async () => {
    const before = scene.clock.nowMs;
    scene.hear = (_, answer) => ({ ...answer, release: "1.0.0" });
    const error = await scene.deploy();
    assert.match(
      error!.message,
      /answers with the header x-release: 1\.0\.0, wanted v[12]: send the value of the variable/,
    );
    assert.isBelow(scene.clock.nowMs - before, 10_000);
    assert.equal(scene.event("deployEnded").outcome, "takenBack");
  });
});
