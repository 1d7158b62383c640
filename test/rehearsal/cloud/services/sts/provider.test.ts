import { expect } from "chai";
import { accountFunctions } from "../../../../../rehearsal/cloud/services/sts/provider/account-functions";
import { silentCloud } from "../../silent-cloud";

describe("rehearsal/cloud/services/sts/provider", () => {
  const functions = new Map(accountFunctions(silentCloud()).map((fn) => [fn.token, fn]));

  it("return the caller, the region and the partition", async () => {
    const caller = await functions.get("aws:index/getCallerIdentity:getCallerIdentity")!.call({});
    expect(caller).to.include({ accountId: "123456789012", arn: "arn:aws:iam::123456789012:user/rehearsal" });
    expect(await functions.get("aws:index/getRegion:getRegion")!.call({})).to.include({ name: "ap-northeast-1" });
    expect(await functions.get("aws:index/getPartition:getPartition")!.call({})).to.include({ partition: "aws" });
  });

  it("refuse unknown arguments", () => {
    const { args } = functions.get("aws:index/getRegion:getRegion")!;
    expect(args.safeParse({ filters: [] }).success).to.equal(false);
  });
});
