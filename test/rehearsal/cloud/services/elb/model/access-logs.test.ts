import { expect } from "chai";
import { deliverAccessLog } from "../../../../../../rehearsal/cloud/services/elb/model/access-logs";
import type { LoadBalancerSettings } from "../../../../../../rehearsal/cloud/services/elb/model/state";
import { testContext } from "./scene";

const ARN = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:loadbalancer/app/public-blue/0123456789abcdef";

describe("rehearsal/cloud/services/elb/model/access-logs", () => {
  const delivered = (accessLogs: LoadBalancerSettings["accessLogs"]) => {
    const written: [bucket: string, prefix: string, key: string, body: string][] = [];
    const file = { type: "accessLog", address: "127.20.1.1", endMs: Date.UTC(2026, 10, 26, 18, 4, 59) } as const;
    deliverAccessLog(
      testContext(20),
      { arn: ARN, settings: { accessLogs } as LoadBalancerSettings },
      { ...file, body: Buffer.from("entries").toString("base64") },
      (bucket, prefix, key, body) => written.push([bucket, prefix, key, body.toString()]),
    );
    return written;
  };
  const FILE =
    "AWSLogs/123456789012/elasticloadbalancing/ap-northeast-1/2026/11/26/123456789012_elasticloadbalancing_ap-northeast-1_app.public-blue.0123456789abcdef_20261126T1804Z_127.20.1.1_";

  for (const [prefix, folder] of [
    ["", ""],
    ["public-blue", "public-blue/"],
  ] as const)
    it(`are written under ELB's key, with prefix "${prefix}"`, () => {
      const [[bucket, under, key, body] = []] = delivered({ bucket: "logs", prefix });
      expect([bucket, under, body]).to.deep.equal(["logs", prefix, "entries"]);
      expect(key!.startsWith(folder + FILE), key).to.equal(true);
      expect(key!.slice((folder + FILE).length)).to.match(/^[0-9a-f]{8}\.log\.gz$/);
    });

  it("are lost when they were turned off meanwhile", () => {
    expect(delivered(null)).to.deep.equal([]);
  });
});
