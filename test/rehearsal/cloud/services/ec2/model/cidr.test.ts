import { expect } from "chai";
import { Cidr } from "../../../../../../rehearsal/cloud/services/ec2/model/cidr";

describe("rehearsal/cloud/services/ec2/model/cidr", () => {
  for (const text of ["10.0.0.0", "10.0.0/16", "10.0.0.256/16", "10.0.0.0/33", "010.0.0.0/8", "::/0", ""]) {
    it(`does not parse ${JSON.stringify(text)}`, () => expect(Cidr.parse(text)).to.equal(undefined));
  }

  it("drops the bits after the network part", () => {
    expect(String(Cidr.parse("10.1.2.3/16"))).to.equal("10.1.0.0/16");
    expect(String(Cidr.parse("255.255.255.255/1"))).to.equal("128.0.0.0/1");
    expect(String(Cidr.parse("10.1.2.3/0"))).to.equal("0.0.0.0/0");
  });

  for (const [outer, inner, contains, overlaps] of [
    ["10.0.0.0/16", "10.0.255.0/24", true, true],
    ["10.0.0.0/16", "10.1.0.0/24", false, false],
    ["10.0.1.0/24", "10.0.0.0/16", false, true],
    ["0.0.0.0/0", "255.255.255.255/32", true, true],
  ] as const) {
    it(`${outer} ${contains ? "contains" : overlaps ? "overlaps" : "is apart from"} ${inner}`, () => {
      const [one, other] = [Cidr.parse(outer)!, Cidr.parse(inner)!];
      expect([one.contains(other), one.overlaps(other)]).to.deep.equal([contains, overlaps]);
    });
  }

  it("counts and computes its addresses", () => {
    const block = Cidr.parse("10.0.0.0/28")!;
    expect([block.size, block.address(4), block.address(15)]).to.deep.equal([16, "10.0.0.4", "10.0.0.15"]);
    expect(Cidr.parse("10.1.0.0/16")!.address(65_535)).to.equal("10.1.255.255");
    expect(Cidr.parse("192.0.0.0/2")!.address(2 ** 30 - 1)).to.equal("255.255.255.255");
  });
});
