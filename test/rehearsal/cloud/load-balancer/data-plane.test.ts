import { expect } from "chai";
import { group, named, Scene, startTarget, target } from "./scene";

describe("DataPlane", () => {
  it("smoke", async () => {
    const scene = await Scene.open("127.66.1.1");
    const one = await startTarget(named("one"));
    const config = scene.config({ targetGroups: [group("g", [target("i-1", one.endpoint)])] });
    await scene.plane.configure(config);
    await scene.untilState("g/i-1", "healthy");
    const answer = await scene.ask({ path: "/hello?x=1" });
    expect(answer.body).to.equal("one /hello?x=1");
    console.log(answer.headers, scene.healthLog);
    await scene.plane.stop();
    await one.close();
  });
});
