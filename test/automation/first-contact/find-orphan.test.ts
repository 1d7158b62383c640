import { expect } from "chai";
import { findOrphan } from "../../../automation/first-contact/find-orphan";

const here = (service: string, resource: string) => `arn:aws:${service}:ap-northeast-1:123456789012:${resource}`;
const BALANCER = here("elasticloadbalancing", "loadbalancer/app/blue/1");
const TAGGED = [here("ec2", "natgateway/nat-1"), here("ec2", "natgateway/nat-2"), here("ec2", "vpc/vpc-1"), BALANCER];

describe("what an interrupted create may have made", () => {
  const table: [what: string, type: string, inputs: Record<string, unknown>, id: string | null][] = [
    ["by the tags, without what the state has", "aws:ec2/natGateway:NatGateway", {}, "nat-2"],
    ["by the tags, as an ARN", "aws:lb/loadBalancer:LoadBalancer", { name: "blue" }, BALANCER],
    ["not if the state has it", "aws:ec2/vpc:Vpc", {}, null],
    ["not if nothing has the tags", "aws:ec2/subnet:Subnet", {}, null],
    ["by its name", "aws:iam/role:Role", { name: "users-1234567" }, "users-1234567"],
    [
      "by its names",
      "aws:route53/record:Record",
      { zoneId: "Z1", name: "users.example.jp", type: "A" },
      "Z1_users.example.jp_A",
    ],
    ["not without all of its names", "aws:route53/record:Record", { zoneId: "Z1", type: "A" }, null],
    ["not if nothing tells it", "aws:ec2/route:Route", {}, null],
  ];
  const known = [{ id: "nat-1" }, { id: "vpc-1" }];
  for (const [what, type, inputs, id] of table) {
    it(`is found ${what}: ${type}`, () => {
      expect(findOrphan({ type, inputs }, TAGGED, known, new Set())).to.equal(id);
    });
  }

  it("is not found twice", () => {
    expect(findOrphan({ type: "aws:ec2/natGateway:NatGateway" }, TAGGED, [], new Set(["nat-1"]))).to.equal("nat-2");
  });
});
