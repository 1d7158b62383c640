import { expect } from "chai";
import { hasPassed } from "../../../../../has-passed";
import { Scene } from "../../../compute-scene";
import { refusal } from "../../../refusal";

describe("rehearsal/cloud/services/ec2/model/instances", () => {
  let scene: Scene;

  beforeEach(() => {
    scene = new Scene();
  });
  afterEach(() => scene.close());

  const request = (overrides: Record<string, unknown> = {}, subnetId = "subnet-a") => ({
    launchTemplateId: scene.launchTemplate(overrides),
    version: "$Latest",
    subnetId,
    autoScalingGroup: "users-blue",
  });

  it("boots in 25 to 40 s and passes through every state until terminated", async () => {
    const passed = hasPassed(scene.context.clock.realMs(25));
    const instance = scene.compute.instances.launch(request());
    expect(instance.instanceId).to.match(/^i-[0-9a-f]{17}$/);
    expect(instance).to.include({ state: "pending", vpcId: "vpc-1", availabilityZone: "ap-northeast-1a" });
    expect([...scene.interfaces.values()]).to.deep.equal([instance.instanceId]);
    await scene.until("a running instance", () => instance.state === "running");
    expect(passed()).to.equal(true);
    await scene.compute.instances.terminate(instance.instanceId);
    expect(scene.interfaces.size).to.equal(0);
    const states = scene.events.flatMap((event) => (event.kind === "instance" ? [event.state] : []));
    expect(states).to.deep.equal(["pending", "running", "shutting-down", "terminated"]);
  });

  it("takes as long to end as is assumed", async () => {
    const { assumptions, clock } = scene.context;
    scene.context.assumptions = { ...assumptions, powerOff: { min: 40, max: 41 } };
    const instance = scene.compute.instances.launch(request());
    const passed = hasPassed(clock.realMs(40));
    await scene.compute.instances.terminate(instance.instanceId);
    expect(passed()).to.equal(true);
  });

  it("never runs if it is terminated while it boots", async () => {
    const instance = scene.compute.instances.launch(request());
    await scene.compute.instances.terminate(instance.instanceId);
    await scene.context.clock.sleep(45);
    expect(instance.state).to.equal("terminated");
  });

  it("refuses at launch what EC2 refuses at launch (A12)", () => {
    const refused = (overrides: Record<string, unknown>) =>
      refusal(() => scene.compute.instances.launch(request(overrides)));
    expect(refused({ imageId: "ami-00000000000000000" })).to.match(
      /^InvalidAMIID.NotFound: The image id '\[ami-00000000000000000\]' does not exist; the rehearsal cloud knows resolve:ssm:/,
    );
    expect(refused({ instanceType: "t9.small" })).to.equal(
      "InvalidParameterValue: Invalid value 't9.small' for InstanceType.",
    );
    expect(refused({ instanceType: "t4g.small" })).to.contain(
      "The architecture 'arm64' of the specified instance type does not match the architecture 'x86_64' of the specified AMI.",
    );
    scene.hiddenProfiles.add("users-instance");
    expect(refused({})).to.contain("Invalid IAM Instance Profile name");
  });

  it("launches nothing with a root volume below the image's snapshot (V10)", () => {
    const launch = (sizeGiB: number, deviceName = "/dev/xvda") =>
      refusal(() => scene.compute.instances.launch(request({ volumes: [{ deviceName, sizeGiB }] })));
    expect(launch(8)).to.equal(
      "InvalidBlockDeviceMapping: Volume of size 8GB is smaller than snapshot of the image, expect size >= 30GB",
    );
    expect(launch(30)).to.equal("accepted");
    expect(launch(8, "/dev/xvdb")).to.equal("accepted");
  });

  it("launches no more vCPUs than the account's quota, and those of terminated instances do not count (A26)", async () => {
    scene.close();
    scene = new Scene({ vcpuLimit: () => 5 });
    const launch = () => scene.compute.instances.launch(request());
    const [first] = [launch(), launch()];
    expect(refusal(launch)).to.match(
      /^VcpuLimitExceeded: You have requested more vCPU capacity than your current vCPU limit of 5 allows/,
    );
    await scene.compute.instances.terminate(first!.instanceId);
    expect(launch().state).to.equal("pending");
  });

  it("launches only types of the Free plan in an account that has it, which shows at the launch alone (A34)", () => {
    scene.close();
    scene = new Scene({ freePlan: true });
    const medium = request({ instanceType: "t3.medium" });
    scene.compute.instances.checkTemplate(medium.launchTemplateId, medium.version);
    expect(refusal(() => scene.compute.instances.launch(medium))).to.match(
      /^InvalidParameterCombination: The specified instance type is not eligible for Free Tier\. /,
    );
    expect(refusal(() => scene.compute.instances.launch(request()))).to.equal("accepted");
    expect(refusal(() => scene.compute.instances.launch(request({ instanceType: "m7i-flex.large" })))).to.equal(
      "accepted",
    );
  });

  it("refuses a launch on the fault launchFailure", () => {
    scene.context.faults.add({ kind: "launchFailure" });
    expect(refusal(() => scene.compute.instances.launch(request()))).to.contain("InsufficientInstanceCapacity");
    expect(scene.interfaces.size).to.equal(0);
  });
});
