import { expect } from "chai";
import { webAclAssociationType } from "../../../rehearsal/cloud/services/wafv2/provider/web-acl-association";
import { Stack } from "../../rehearsal/cloud/provider/stack";
import { quietCloud } from "../../rehearsal/cloud/quiet-cloud";
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

  it("is taken by a load balancer that exists, and refused from another region", async () => {
    const stack = new Stack([webAclAssociationType(quietCloud(), (arn) => arn === "arn:lb")]);
    const created = await stack.create(ASSOCIATION, { resourceArn: "arn:lb", webAclArn: ACL });
    await stack.delete(created);
    for (const args of [
      { resourceArn: "arn:other", webAclArn: ACL },
      { resourceArn: "arn:lb", webAclArn: ACL.replace("ap-northeast-1", "us-east-1") },
    ]) {
      const refused = await stack.create(ASSOCIATION, args).then(
        () => "",
        (error: { code?: string }) => error.code,
      );
      expect(refused).to.equal("WAFNonexistentItemException");
    }
  });
});
