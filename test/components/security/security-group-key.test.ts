import { expect } from "chai";
import { declare, STATES } from "../world";

const GROUP = "aws:ec2/securityGroup:SecurityGroup";

describe("names of security groups", () => {
  it("do not begin as their ids do, which AWS refuses (aws-rules N11)", async () => {
    const { resources } = await declare({
      services: { "sg-users": STATES.start, users: STATES.start },
      settings: { "sg-users": { kind: "api", uses: ["sg"] } },
      config: { databases: { sg: {} } },
    });
    const names = resources.filter(({ type }) => type === GROUP).map(({ name }) => name);
    expect(names.filter((name) => name.startsWith("sg-"))).to.deep.equal([]);
    expect(names).to.include.members(["of-sg-users-instances", "of-sg-database", "users-instances"]);
  });
});
