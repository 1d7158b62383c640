import { expect } from "chai";
import { instanceTypeOf, isGraviton } from "../../../components/settings/instance-type";

describe("instance types", () => {
  const sizes: [string, number, number][] = [
    ["t3.micro", 2, 1024],
    ["t4g.small", 2, 2048],
    ["t3a.2xlarge", 8, 32_768],
    ["m7g.large", 2, 8192],
    ["c6i.xlarge", 4, 8192],
    ["r8g.2xlarge", 8, 65_536],
  ];
  for (const [name, vcpus, memoryMiB] of sizes) {
    it(`knows the size of ${name}`, () => {
      expect(instanceTypeOf(name)).to.deep.equal({ vcpus, memoryMiB });
    });
  }

  for (const name of [
    "m4.large",
    "x2gd.medium",
    "g4dn.xlarge",
    "t3.metal",
    "t3.constructor",
    "m5.toString",
    "small",
    "",
  ]) {
    it(`says nothing of ${name || "an empty name"}`, () => {
      expect(instanceTypeOf(name)).to.equal(undefined);
    });
  }

  for (const name of ["t4g.small", "m7gd.large", "c7gn.large", "im4gn.large", "x2gd.medium", "g5g.xlarge"]) {
    it(`takes ${name} as arm64`, () => {
      expect(isGraviton(name)).to.equal(true);
    });
  }

  for (const name of ["t3.small", "m5.large", "m6a.large", "c5n.large", "g4dn.xlarge", "g5.xlarge"]) {
    it(`takes ${name} as x86`, () => {
      expect(isGraviton(name)).to.equal(false);
    });
  }
});
