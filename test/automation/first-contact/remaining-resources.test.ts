import { expect } from "chai";
import { isLeft } from "../../../automation/first-contact/remaining-resources";

describe("what a first contact leaves", () => {
  const here = (service: string, resource: string) => `arn:aws:${service}:ap-northeast-1:123456789012:${resource}`;
  const table: [arn: string, left: boolean][] = [
    [here("ec2", "vpc/vpc-0123456789abcdef0"), true],
    [here("ec2", "elastic-ip/eipalloc-0123456789abcdef0"), true],
    [here("elasticloadbalancing", "loadbalancer/app/blue/0123456789abcdef"), true],
    ["arn:aws:s3:::access-logs-0123456", true],
    [here("ec2", "instance/i-0123456789abcdef0"), false],
    [here("ec2", "natgateway/nat-0123456789abcdef0"), false],
    [here("ecs", "task-definition/aoshingo-trial-users-blue:1"), false], // ECS says which of them are ACTIVE
    ["arn:aws-cn:ecs:cn-north-1:123456789012:cluster/aoshingo-trial-users-blue", false],
  ];
  for (const [arn, left] of table) {
    it(`${left ? "counts" : "does not count, because AWS lists it longer,"} ${arn}`, () => {
      expect(isLeft(arn)).to.equal(left);
    });
  }
});
