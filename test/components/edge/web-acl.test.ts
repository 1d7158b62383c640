import { expect } from "chai";
import { declare, STATES } from "../world";

const ASSOCIATION = "aws:wafv2/webAclAssociation:WebAclAssociation";
const ACL = "arn:aws:wafv2:ap-northeast-1:123456789012:regional/webacl/shop/0123abcd";
const INTERNAL = { users: { kind: "api", exposure: ["public", "internal"] } };

describe("a web ACL", () => {
  it("is on both public load balancers, and on no internal one", async () => {
    const world = await declare({ services: { users: STATES.start }, settings: INTERNAL, config: { webAcl: ACL } });
    const declared = world.resources.filter(({ type }) => type === ASSOCIATION).map(({ inputs }) => inputs);
    expect(declared).to.deep.equal([
      { resourceArn: "public-blue.arn", webAclArn: ACL },
      { resourceArn: "public-green.arn", webAclArn: ACL },
    ]);
  });
});
