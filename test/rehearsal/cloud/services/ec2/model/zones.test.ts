import { expect } from "chai";
import { zonesOf } from "../../../../../../rehearsal/cloud/services/ec2/model/zones";

describe("rehearsal/cloud/services/ec2/model/zones", () => {
  it("gives an account three zones", () => {
    expect(zonesOf("eu-central-1").map(({ name, id }) => `${name} ${id}`)).to.deep.equal([
      ...["eu-central-1a euc1-az1", "eu-central-1b euc1-az2", "eu-central-1c euc1-az3"],
    ]);
  });

  it("gives it two in us-west-1 (N13)", () => {
    expect(zonesOf("us-west-1")).to.deep.equal([
      { name: "us-west-1a", id: "usw1-az1" },
      { name: "us-west-1c", id: "usw1-az3" },
    ]);
  });
});
