import type { InputPropertiesError } from "@pulumi/pulumi";
import { expect } from "chai";
import { parseVpcArgs } from "../../../rehearsal/awsx/vpc-args";

const least = { availabilityZoneNames: ["eu-central-1a"], subnetStrategy: "Auto", subnetSpecs: [{ type: "Public" }] };

describe("the awsx stand-in's arguments", () => {
  it("have the defaults of awsx", () => {
    expect(parseVpcArgs(least)).to.deep.equal({
      ...least,
      cidrBlock: "10.0.0.0/16",
      natGateways: { strategy: "OnePerAz" },
      vpcEndpointSpecs: [],
      tags: {},
    });
  });

  const table: [string, Record<string, unknown>, [string, string]][] = [
    [
      "an unknown one",
      { instanceTenancy: "default" },
      ["instanceTenancy", "unknown argument: the rehearsal does not model it"],
    ],
    [
      "an unknown one of a subnet",
      { subnetSpecs: [{ type: "Public", cidrMask: 24 }] },
      ["subnetSpecs.0.cidrMask", "unknown argument: the rehearsal does not model it"],
    ],
    ["another layout", { subnetStrategy: "Legacy" }, ["subnetStrategy", 'Invalid input: expected "Auto"']],
    [
      "a type twice",
      { subnetSpecs: [{ type: "Public" }, { type: "Public" }] },
      ["subnetSpecs", "a subnet type given twice"],
    ],
  ];
  for (const [what, change, [propertyPath, reason]] of table) {
    it(`are refused by name: ${what}`, () => {
      try {
        parseVpcArgs({ ...least, ...change });
      } catch (error) {
        expect((error as InputPropertiesError).errors).to.deep.equal([{ propertyPath, reason }]);
        return;
      }
      expect.fail("taken");
    });
  }
});
