import { assert } from "chai";
import { AwsObserver } from "../../../automation/aws/observer";
import { AwsServer } from "./server";

const LIST = "GET /2013-04-01/hostedzone/Z1/rrset";

const alias = (name: string, target: string, type = "A") =>
  `<ResourceRecordSet><Name>${name}</Name><Type>${type}</Type><AliasTarget><HostedZoneId>Z2</HostedZoneId>
  <DNSName>${target}</DNSName><EvaluateTargetHealth>false</EvaluateTargetHealth></AliasTarget></ResourceRecordSet>`;
const values = (name: string, type: string) =>
  `<ResourceRecordSet><Name>${name}</Name><Type>${type}</Type><TTL>60</TTL>
  <ResourceRecords><ResourceRecord><Value>192.0.2.1</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>`;
const page = (records: string[], next = "") =>
  `<ListResourceRecordSetsResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ResourceRecordSets>${records.join("")}</ResourceRecordSets>
  <IsTruncated>${next !== ""}</IsTruncated>${next && `<NextRecordName>${next}</NextRecordName><NextRecordType>A</NextRecordType>`}
  <MaxItems>300</MaxItems></ListResourceRecordSetsResponse>`;

describe("AwsObserver.aliases", () => {
  let aws: AwsServer;
  let observer: AwsObserver;
  beforeEach(async () => {
    aws = await AwsServer.open();
    observer = new AwsObserver("ap-northeast-1");
  });
  afterEach(() => aws.close());

  it("returns where each name points, and null where there is no alias record", async () => {
    aws.replies[LIST] = () =>
      page([
        values("example.jp.", "NS"),
        alias("users.example.jp.", "dualstack.Public-Blue-1.elb.amazonaws.com."),
        alias("users-test.example.jp.", "public-green-1.elb.amazonaws.com."),
        alias("six.example.jp.", "public-green-1.elb.amazonaws.com.", "AAAA"),
        values("plain.example.jp.", "A"),
      ]);
    const names = [
      "users.example.jp",
      "users-test.example.jp",
      "six.example.jp",
      "plain.example.jp",
      "none.example.jp",
    ];
    assert.deepEqual(await observer.aliases("Z1", names), {
      "users.example.jp": "public-blue-1.elb.amazonaws.com",
      "users-test.example.jp": "public-green-1.elb.amazonaws.com",
      "six.example.jp": null,
      "plain.example.jp": null,
      "none.example.jp": null,
    });
    assert.lengthOf(aws.asked, 1);
  });

  it("reads pages up to the one that has the name", async () => {
    aws.replies[LIST] = ({ name }) => {
      if (name === undefined) return page([values("a.example.jp.", "A")], "m.example.jp.");
      if (name === "m.example.jp.") return page([alias("m.example.jp.", "lb-1.elb.")], "z.example.jp.");
      return page([alias("z.example.jp.", "lb-2.elb.")]);
    };
    assert.deepEqual(await observer.aliases("Z1", ["m.example.jp"]), { "m.example.jp": "lb-1.elb" });
    assert.deepEqual(aws.inputs(LIST), [{}, { name: "m.example.jp.", type: "A" }]);
    assert.deepEqual(await observer.aliases("Z1", ["none.example.jp"]), { "none.example.jp": null });
    assert.lengthOf(aws.asked, 5);
  });

  it("throws Route 53's refusal", async () => {
    aws.replies[LIST] = () => "!NoSuchHostedZone";
    const error = await observer.aliases("Z1", ["users.example.jp"]).catch((failure: unknown) => failure);
    assert.equal((error as Error).name, "NoSuchHostedZone");
  });
});
