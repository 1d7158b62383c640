import { assert } from "chai";
import { AwsAccount } from "../../../automation/aws/account";
import { AwsServer } from "./server";

const ZONES = `<ListHostedZonesByNameResponse><HostedZones>
  <HostedZone><Id>/hostedzone/Z0</Id><Name>example.jp.</Name><Config><PrivateZone>true</PrivateZone></Config></HostedZone>
  <HostedZone><Id>/hostedzone/Z1</Id><Name>example.jp.</Name><Config><PrivateZone>false</PrivateZone></Config></HostedZone>
</HostedZones></ListHostedZonesByNameResponse>`;
const ZONE = `<GetHostedZoneResponse><HostedZone><Id>/hostedzone/Z1</Id><Name>example.jp.</Name></HostedZone>
  <DelegationSet><NameServers><NameServer>ns-1.awsdns-01.org</NameServer></NameServers></DelegationSet></GetHostedZoneResponse>`;
const record = (name: string, type: string) =>
  `<ResourceRecordSet><Name>${name}.</Name><Type>${type}</Type></ResourceRecordSet>`;

describe("AwsAccount", () => {
  let aws: AwsServer;
  let account: AwsAccount;
  beforeEach(async () => {
    aws = await AwsServer.open();
    account = new AwsAccount("ap-northeast-1");
  });
  afterEach(() => aws.close());

  it("returns the caller's identity", async () => {
    aws.replies = {
      GetCallerIdentity: () =>
        "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account><Arn>arn:aws:iam::123456789012:user/me</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>",
    };
    const { clockAheadMs, ...caller } = await account.caller();
    assert.deepEqual(caller, { account: "123456789012", arn: "arn:aws:iam::123456789012:user/me" });
    // The Date of the answer has whole seconds.
    assert.isBelow(Math.abs(clockAheadMs!), 30_000);
  });

  it("returns a quota, or AWS's default where the account has no value of its own", async () => {
    aws.replies = {
      GetServiceQuota: ({ QuotaCode }) => (QuotaCode === "L-1" ? { Quota: { Value: 64 } } : "!NoSuchResourceException"),
      GetAWSDefaultServiceQuota: () => ({ Quota: { Value: 5 } }),
    };
    assert.equal(await account.quota("ec2", "L-1"), 64);
    assert.equal(await account.quota("ec2", "L-2"), 5);
    aws.replies = { GetServiceQuota: () => "!AccessDeniedException" };
    assert.equal(await account.quota("ec2", "L-1").catch((error: Error) => error.name), "AccessDeniedException");
  });

  it("reads a certificate", async () => {
    const Certificate = { Status: "ISSUED", SubjectAlternativeNames: ["example.jp"], NotAfter: 1_800_000_000 };
    aws.replies = { DescribeCertificate: () => ({ Certificate }) };
    assert.deepEqual(await account.certificate("arn"), {
      status: "ISSUED",
      names: ["example.jp"],
      expiresAtMs: 1_800_000_000_000,
      reason: "",
    });
    const RenewalSummary = { RenewalStatus: "PENDING_VALIDATION", DomainValidationOptions: [], UpdatedAt: 1 };
    aws.replies = { DescribeCertificate: () => ({ Certificate: { ...Certificate, RenewalSummary } }) };
    assert.equal((await account.certificate("arn")).reason, "its renewal is PENDING_VALIDATION");
  });

  it("finds the public zone of a name, and its name servers", async () => {
    aws.replies = { "GET /2013-04-01/hostedzonesbyname": () => ZONES, "GET /2013-04-01/hostedzone/Z1": () => ZONE };
    assert.deepEqual(await account.zone("example.jp"), { id: "Z1", nameServers: ["ns-1.awsdns-01.org"] });
    assert.isNull(await account.zone("other.jp"));
  });

  it("lists the records of names", async () => {
    aws.replies = {
      "GET /2013-04-01/hostedzone/Z1/rrset": ({ name }) => {
        const from = String(name).replace(/\.$/, "");
        const own = from === "doodle.example.jp" ? record(from, "A") + record(from, "TXT") : "";
        return `<ListResourceRecordSetsResponse><ResourceRecordSets>${own}${record("z.example.jp", "A")}</ResourceRecordSets></ListResourceRecordSetsResponse>`;
      },
    };
    assert.deepEqual(await account.recordTypes("Z1", ["doodle.example.jp", "free.example.jp"]), {
      "doodle.example.jp": ["A", "TXT"],
    });
  });
});
