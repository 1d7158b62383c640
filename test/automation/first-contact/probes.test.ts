import "../../../automation/core/silent-aws-sdk";
import { CreateRoleCommand, GetRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { ChangeResourceRecordSetsCommand, Route53Client } from "@aws-sdk/client-route-53";
import {
  CreateBucketCommand,
  DeleteObjectsCommand,
  ListBucketsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { expect } from "chai";
import type { Clients } from "../../../automation/first-contact/clients";
import { probeBucket, probeRecord, probeRole } from "../../../automation/first-contact/probe-names";
import { type ProbeOwner, removeProbes } from "../../../automation/first-contact/probes";
import { stackNameProblems } from "../../../components/settings/stack-names";
import { queryProtocol } from "../../../rehearsal/cloud/protocols/query";
import { iamOperations } from "../../../rehearsal/cloud/services/iam/api/iam";
import { route53Operations, route53Protocol } from "../../../rehearsal/cloud/services/route53/api/route53";
import { HostedZones } from "../../../rehearsal/cloud/services/route53/model/hosted-zones";
import { createS3 } from "../../../rehearsal/cloud/services/s3";
import { Scene } from "../../rehearsal/cloud/api/scene";

const DOMAIN = "example.jp";
const OWNERS = [
  { project: "aoshingo", stack: "trial" },
  { project: "aoshingo", stack: "Trial" },
  { project: "shop", stack: "my_trial-2" },
  { project: "aoshingo", stack: "s".repeat(52) },
  { project: "p".repeat(40), stack: "s".repeat(20) },
];
const ANYBODY = { Effect: "Allow", Principal: { AWS: "arn:aws:iam::123456789012:root" }, Action: "sts:AssumeRole" };
const statement = (one: object) => JSON.stringify({ Version: "2012-10-17", Statement: [one] });

describe("the probes of a first contact", () => {
  let api: Scene;
  let zones: HostedZones;
  let clients: Clients;

  beforeEach(async () => {
    api = new Scene();
    zones = new HostedZones(api.context, {
      zoneNames: [DOMAIN],
      nameServers: ["127.0.0.1"],
      loadBalancers: { find: () => undefined } as never,
      vpcs: { find: () => undefined },
    });
    await api.start({
      iam: { protocol: queryProtocol, operations: iamOperations(api.iam) },
      route53: { protocol: route53Protocol, operations: route53Operations(zones) },
      s3: createS3(api.context).apis!.s3!,
    });
    const options = api.options();
    clients = {
      iam: new IAMClient(options),
      route53: new Route53Client(options),
      s3: new S3Client(options),
    } as Partial<Clients> as Clients;
  });
  afterEach(async () => {
    for (const client of Object.values(clients)) client.destroy();
    await api.close();
    zones.close();
  });

  /** As the questions do. */
  async function makeProbes(owner: ProbeOwner): Promise<void> {
    const { iam, route53, s3 } = clients;
    const RoleName = probeRole(owner);
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: statement(ANYBODY) }));
    const PolicyDocument = statement({ Effect: "Allow", Action: "s3:GetObject", Resource: "*" });
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: RoleName, PolicyDocument }));
    const Bucket = probeBucket(owner);
    await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(new PutObjectCommand({ Bucket, Key: "log", Body: "one" }));
    const ResourceRecordSet = {
      ...{ Name: probeRecord(owner), Type: "TXT" as const, TTL: 60 },
      ResourceRecords: [{ Value: '"1"' }],
    };
    const ChangeBatch = { Changes: [{ Action: "UPSERT" as const, ResourceRecordSet }] };
    await route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: owner.zoneId!, ChangeBatch }));
  }

  for (const { project, stack } of OWNERS) {
    it(`are made and removed for the stack ${stack} of the project ${project}`, async () => {
      expect(stackNameProblems({ project, stack }, {})).to.deep.equal([]);
      const zoneId = zones.findByName(DOMAIN)[0]!.id;
      const owner = { project, stack, domain: DOMAIN, accountId: "123456789012", zoneId };
      await makeProbes(owner);
      await until(() => !zones.get(zoneId).busy);
      await removeProbes(clients, owner);
      const role = await clients.iam.send(new GetRoleCommand({ RoleName: probeRole(owner) })).catch(() => null);
      expect(role).to.equal(null);
      expect((await clients.s3.send(new ListBucketsCommand({}))).Buckets ?? []).to.deep.equal([]);
      expect([...zones.get(zoneId).records.keys()]).to.deep.equal([]);
      await removeProbes(clients, owner);
    });
  }

  it("of two stacks, or of stacks of two projects, never have the same names, whatever is cut or put in lower case", () => {
    const owners = [...OWNERS, { project: "shop", stack: "trial" }, { project: "aoshingo", stack: "s".repeat(51) }];
    for (const nameOf of [probeRole, probeBucket, probeRecord]) {
      const names = owners.map((owner) => nameOf({ ...owner, accountId: "123456789012", domain: DOMAIN }));
      expect(new Set(names).size).to.equal(owners.length);
    }
  });

  it("say which object S3 refuses to delete, and do not ask for ever", async () => {
    const zoneId = zones.findByName(DOMAIN)[0]!.id;
    const owner = { ...OWNERS[0]!, domain: DOMAIN, accountId: "123456789012", zoneId };
    await makeProbes(owner);
    const { s3 } = clients;
    const send = s3.send.bind(s3);
    s3.send = ((command: object, ...rest: []) =>
      command instanceof DeleteObjectsCommand
        ? Promise.resolve({ Errors: [{ Key: "log", Code: "AccessDenied", Message: "Access Denied" }] })
        : send(command as never, ...rest)) as never;
    const error = await removeProbes(clients, owner).then(
      () => null,
      (thrown: Error) => thrown,
    );
    expect(error?.message).to.match(/^s3:\/\/.*\/log could not be deleted: Access Denied$/);
  });
});

/** Route 53 takes a moment to accept a change, and refuses another one meanwhile (R7). */
async function until(isReached: () => boolean): Promise<void> {
  while (!isReached()) await new Promise((resolve) => setImmediate(resolve));
}
