import { expect } from "chai";
import { capacityOf } from "../../../../../../rehearsal/cloud/services/ec2/model/instance-type";

describe("rehearsal/cloud/services/ec2/model/instance-type", () => {
  it("registers less memory than the instance type has", () => {
    expect(capacityOf("t3.small")).to.deep.equal({ cpuUnits: 2048, memoryMiB: 1904, architecture: "x86_64" });
    expect(capacityOf("m5.large")).to.deep.equal({ cpuUnits: 2048, memoryMiB: 7618, architecture: "x86_64" });
    expect(capacityOf("r7g.2xlarge")).to.deep.equal({ cpuUnits: 8192, memoryMiB: 60948, architecture: "arm64" });
  });

  it("knows the processor architecture", () => {
    expect(
      ["t4g.small", "c7gn.large", "c6i.large", "m6a.large"].map((type) => capacityOf(type)?.architecture),
    ).to.deep.equal(["arm64", "arm64", "x86_64", "x86_64"]);
  });

  it("returns undefined for an unknown instance type", () => {
    expect(["t9.small", "t3.enormous", "p4d.24xlarge", "small"].map(capacityOf)).to.deep.equal(
      Array(4).fill(undefined),
    );
  });
});
