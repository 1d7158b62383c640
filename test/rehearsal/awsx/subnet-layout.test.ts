import { expect } from "chai";
import { autoLayout } from "../../../rehearsal/awsx/subnet-layout";

describe("the awsx stand-in's subnets", () => {
  // As awsx's own documentation of its strategy `Auto` describes them: even shares, in the order of the specs.
  const table: [string, number, number, string[][]][] = [
    [
      "10.0.0.0/16",
      2,
      2,
      [
        ["10.0.0.0/18", "10.0.64.0/18"],
        ["10.0.128.0/18", "10.0.192.0/18"],
      ],
    ],
    [
      "10.0.0.0/16",
      3,
      2,
      [
        ["10.0.0.0/19", "10.0.32.0/19"],
        ["10.0.64.0/19", "10.0.96.0/19"],
        ["10.0.128.0/19", "10.0.160.0/19"],
      ],
    ],
    ["192.168.4.0/22", 1, 3, [["192.168.4.0/24", "192.168.5.0/24", "192.168.6.0/24"]]],
  ];
  for (const [cidr, zones, subnets, blocks] of table) {
    it(`split ${cidr} into ${subnets} for each of ${zones} zones`, () => {
      expect(autoLayout(cidr, zones, subnets)).to.deep.equal(blocks);
    });
  }
});
