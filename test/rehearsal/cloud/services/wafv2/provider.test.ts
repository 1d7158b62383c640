import { expect } from "chai";
import { createWafv2 } from "../../../../../rehearsal/cloud/services/wafv2";
import { Stack } from "../../provider/stack";
import { silentCloud } from "../../silent-cloud";

const ASSOCIATION = "aws:wafv2/webAclAssociation:WebAclAssociation";
const resourceArn = "arn:lb";

describe("rehearsal/cloud/services/wafv2/provider", () => {
  it("gives a load balancer one web ACL at most, and takes away whichever it has", async () => {
    const { model, types } = createWafv2(silentCloud());
    const stack = new Stack(types!);
    const first = await stack.create(ASSOCIATION, { resourceArn, webAclArn: "arn:first" });
    const second = await stack.create(ASSOCIATION, { resourceArn, webAclArn: "arn:second" });
    expect(model.forResource(resourceArn)).to.equal("arn:second");
    expect(await stack.read(first)).to.equal(null);
    expect(await stack.read(second)).to.include({ webAclArn: "arn:second" });
    await stack.delete(first);
    expect(await stack.read(second)).to.equal(null);
  });
});
