import { expect } from "chai";
import { instanceTypeOf, insteadOfInstanceType, isGraviton } from "../../../components/settings/instance-type";
import models from "../../../rehearsal/cloud/services/ec2/model/instance-types.json";

describe("instance types", () => {
  const sizes: [string, number, number][] = [
    ["t3.micro", 2, 1024],
    ["t4g.small", 2, 2048],
    ["t3a.2xlarge", 8, 32_768],
    ["m7g.large", 2, 8192],
    ["c6i.xlarge", 4, 8192],
    ["r8g.2xlarge", 8, 65_536],
    ["c5.9xlarge", 36, 73_728],
    ["c7a.medium", 1, 2048],
    ["m7i-flex.large", 2, 8192],
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
    "m6.large",
    "c5.8xlarge",
    "m8g.3xlarge",
    "m7i.metal-24xl",
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

  for (const name of ["t3.small", "m5.large", "m6a.large", "c5n.large", "c7i-flex.large", "g4dn.xlarge", "g5.xlarge"]) {
    it(`takes ${name} as x86`, () => {
      expect(isGraviton(name)).to.equal(false);
    });
  }

  for (const [name, instead] of [
    ["m6.large", "a type that AWS has, such as m6a.large, m6g.large or m6i.large"],
    ["r6.large", "a type that AWS has, such as r6a.large, r6g.large or r6i.large"],
    ["c7.large", "a type that AWS has, such as c7a.large, c7g.large or c7i.large"],
    ["m7.large", "a type that AWS has, such as m7a.large, m7g.large or m7i.large"],
    ["t4.small", "a type that AWS has, such as t4g.small"],
    ["m5x.large", "a type that AWS has, such as m5.large"],
    ["m6.huge", "a type that AWS has, such as t3.small"],
    [
      "c5.8xlarge",
      "a size that c5 has: large, xlarge, 2xlarge, 4xlarge, 9xlarge, 12xlarge, 18xlarge, 24xlarge or metal",
    ],
    ["m5zn.4xlarge", "a size that m5zn has: large, xlarge, 2xlarge, 3xlarge, 6xlarge, 12xlarge or metal"],
    ["t3.smal", "a size that t3 has: nano, micro, small, medium, large, xlarge or 2xlarge"],
  ] as const) {
    it(`says what to write instead of ${name}`, () => {
      expect(insteadOfInstanceType(name)).to.equal(instead);
    });
  }

  const ofAws = Object.entries<string>(models.families).flatMap(([family, sizes]) =>
    sizes.split(" ").map((size) => `${family}.${size}`),
  );

  it("refuses no type that AWS has, also one that is newer than the list of the provider", () => {
    expect(ofAws).to.have.length.above(1000).and.include("r8gb.48xlarge");
    expect(ofAws.filter((name) => insteadOfInstanceType(name) !== undefined)).to.deep.equal([]);
    expect(insteadOfInstanceType("m9i.large")).to.equal(undefined);
  });

  it("knows the size only of types that AWS has", () => {
    const sizes = ["medium", "large", "xlarge", ...[2, 3, 4, 6, 8, 9, 12, 16, 18, 24, 32, 48].map((n) => `${n}xlarge`)];
    const families = ["", "a", "d", "g", "gd", "gn", "i", "id", "n", "zn"].flatMap((suffix) =>
      ["c", "m", "r"].flatMap((letter) => [5, 6, 7, 8].map((generation) => `${letter}${generation}${suffix}`)),
    );
    const names = families.flatMap((family) => sizes.map((size) => `${family}.${size}`));
    expect(names.filter((name) => instanceTypeOf(name) && !ofAws.includes(name))).to.deep.equal([]);
  });
});
