import { expect } from "chai";
import type { Faults } from "../../../../rehearsal/cloud/kernel/faults";
import { Scene, userData } from "../compute-scene";

describe("faults of machines", () => {
  let scene: Scene;
  let faults: Faults;
  beforeEach(() => {
    scene = new Scene({ bootSeconds: 0 });
    faults = scene.context.faults;
  });
  afterEach(() => scene.close());

  const group = (cluster: string, desiredCapacity = 1) => {
    const id = scene.launchTemplate({ userData: userData(cluster) });
    const settings = scene.groupSettings(desiredCapacity, {
      ...{ minSize: 0, maxSize: 5, launchTemplate: { id, version: "$Latest" } },
      ...{ subnetIds: ["subnet-a", "subnet-c"], healthCheckGracePeriod: 300 },
    });
    return scene.compute.autoScaling.create(cluster, settings);
  };
  const inService = (name: string) =>
    scene.compute.autoScaling.get(name).members.filter(({ lifecycleState }) => lifecycleState === "InService").length;

  it("launchFailure: failed activities in EC2's words, of one colour; launches again once it is off", async () => {
    faults.add({ kind: "launchFailure", service: "users", colour: "green" });
    group("app-test-users-blue");
    const green = group("app-test-users-green");
    await scene.until("blue", () => inService("app-test-users-blue") === 1);
    // The first: a slow machine may have seen it tried again, in the other zone.
    expect(green.activities.all.at(-1)).to.include({
      status: "Failed",
      statusMessage:
        "We currently do not have sufficient t3.small capacity in the Availability Zone you requested (ap-northeast-1a). Our system will be working on provisioning additional capacity. You can currently get t3.small capacity by not specifying an Availability Zone in your request or choosing ap-northeast-1b, ap-northeast-1c. Launching EC2 instance failed.",
    });
    expect(scene.interfaces.size).to.equal(1);
    faults.clear();
    await scene.until("green", () => inService("app-test-users-green") === 1);
  });

  it("launchFailure: in one zone, so that the next try goes to another", async () => {
    faults.add({ kind: "launchFailure", zone: "c" });
    const blue = group("app-test-users-blue", 2);
    await scene.until("both", () => inService("app-test-users-blue") === 2);
    expect(blue.activities.all.filter(({ status }) => status === "Failed")).to.have.lengthOf(1);
    const zones = blue.members.map(({ instance }) => instance.availabilityZone);
    expect(zones).to.deep.equal(["ap-northeast-1a", "ap-northeast-1a"]);
  });

  it("slowBoot: so many machines boot so much longer, also where boots take no time", async () => {
    faults.add({ kind: "slowBoot", factor: 20, count: 1 });
    group("app-test-users-blue", 2);
    await scene.until("the other one", () => inService("app-test-users-blue") === 1);
    expect(faults.list()).to.deep.equal([]);
    const startedMs = performance.now();
    await scene.until("both", () => inService("app-test-users-blue") === 2);
    // At least 20 times 25 s, less the moment until the other one was seen.
    expect(performance.now() - startedMs).to.be.above(scene.context.clock.realMs(20 * 25) / 2);
  });
});
