import { expect } from "chai";
import { AwsError } from "../../../../../../rehearsal/cloud/kernel/aws-error";
import { capacityOf } from "../../../../../../rehearsal/cloud/services/ec2/model/instance-type";

describe("rehearsal/cloud/services/ec2/model/instance-type", () => {
  it("registers less memory than the instance type has", () => {
    expect(capacityOf("t3.small")).to.deep.equal({ cpuUnits: 2048, memoryMiB: 1904, architecture: "x86_64" });
    expect(capacityOf("m5.large")).to.deep.equal({ cpuUnits: 2048, memoryMiB: 7618, architecture: "x86_64" });
    expect(capacityOf("r7g.2xlarge")).to.deep.equal({ cpuUnits: 8192, memoryMiB: 60948, architecture: "arm64" });
  });

  it("knows the processor architecture", () => {
    expect(
      ["t4g.small", "c7gn.large", "c6i.large", "m6a.large"].map((type) => capacityOf(type).architecture),
    ).to.deep.equal(["arm64", "arm64", "x86_64", "x86_64"]);
  });

  for (const type of [
    ...["t9.small", "t3.enormous", "small", "", "m5.constructor", "constructor.large"],
    ...["m6.large", "c7.large", "r6.large", "m7.large", "c5.8xlarge", "m5zn.4xlarge"],
  ]) {
    it(`refuses ${type || "an empty name"}, which AWS does not have (V8)`, () => {
      expect(() => capacityOf(type)).to.throw(AwsError, `Invalid value '${type}' for InstanceType.`);
    });
  }

  it("says of a type that AWS has that it does not know its size", () => {
    expect(() => capacityOf("p4d.24xlarge")).to.throw(
      AwsError,
      /^the rehearsal cloud does not know the vCPUs and memory of p4d.24xlarge; it knows t3, /,
    );
  });
});
