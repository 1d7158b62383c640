import { expect } from "chai";
import { regionWanted } from "../../../automation/core/region";

describe("regionWanted", () => {
  for (const region of ["ap-northeast-1", "us-gov-west-1", "cn-north-1", "eusc-de-east-1"])
    it(`takes ${region}`, () => expect(regionWanted(region)).to.equal(undefined));

  for (const [region, wanted] of [
    ["us-east-3", "a region that AWS has, such as us-east-1 or us-east-2"],
    ["eu-west-4", "a region that AWS has, such as eu-west-1, eu-west-2 or eu-west-3"],
    ["tokyo", "a region, such as ap-northeast-1"],
    [undefined, "a region, such as ap-northeast-1"],
  ])
    it(`says what is wanted instead of ${region}`, () => expect(regionWanted(region)).to.equal(wanted));

  it("takes one that may be newer than the list, of the form of a region", () => {
    expect(regionWanted("us-east-3", true)).to.equal(undefined);
    expect(regionWanted("us-east", true)).to.equal("a region, such as ap-northeast-1");
  });
});
