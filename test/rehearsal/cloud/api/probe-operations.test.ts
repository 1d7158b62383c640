import "../../../../automation/core/silent-aws-sdk";
import {
  AutoScalingClient,
  DeleteLifecycleHookCommand,
  DescribeLifecycleHooksCommand,
  PutScalingPolicyCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import {
  DescribeLoadBalancerAttributesCommand,
  ElasticLoadBalancingV2Client,
  ModifyLoadBalancerAttributesCommand,
  RegisterTargetsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  GetHostedZoneCommand,
  ListHostedZonesByNameCommand,
  Route53Client,
} from "@aws-sdk/client-route-53";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { expect } from "chai";
import { AwsError } from "../../../../rehearsal/cloud/kernel/aws-error";
import { queryProtocol } from "../../../../rehearsal/cloud/protocols/query";
import { elbOperations } from "../../../../rehearsal/cloud/services/elb/api/elb";
import type { LoadBalancerSettings } from "../../../../rehearsal/cloud/services/elb/model/state";
import { iamOperations } from "../../../../rehearsal/cloud/services/iam/api/iam";
import { route53Operations, route53Protocol } from "../../../../rehearsal/cloud/services/route53/api/route53";
import { HostedZones } from "../../../../rehearsal/cloud/services/route53/model/hosted-zones";
import { Scene as ComputeScene } from "../compute-scene";
import { refusalOf, Scene } from "./scene";

const BALANCER = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:loadbalancer/app/blue/0123456789abcdef";
const ROLE = "probe";

/** The operations by which `first-contact` asks an account, as the SDK calls them. */
describe("what first contact asks of the rehearsal cloud", () => {
  let compute: ComputeScene;
  let zones: HostedZones;
  let api: Scene;
  const accessLogs: LoadBalancerSettings["accessLogs"][] = [{ bucket: "own", prefix: "blue" }];

  before(async () => {
    compute = new ComputeScene({ bootSeconds: 0 });
    zones = new HostedZones(compute.context, {
      zoneNames: ["example.jp"],
      nameServers: ["127.0.0.1"],
      loadBalancers: { find: () => undefined } as never,
      vpcs: { find: () => undefined },
    });
    const settings = () => ({ accessLogs: accessLogs.at(-1)! }) as LoadBalancerSettings;
    const loadBalancers = {
      get: () => ({ settings: settings() }),
      modify: async (_: string, changed: LoadBalancerSettings) => {
        if (changed.accessLogs?.bucket === "closed")
          throw new AwsError("InvalidConfigurationRequest", "Access Denied for bucket: closed");
        accessLogs.push(changed.accessLogs);
        return { settings: settings() };
      },
    };
    const balancing = { loadBalancers, targets: {} } as never;
    api = new Scene(1);
    await api.start(
      {
        ...compute.apis,
        iam: { protocol: queryProtocol, operations: iamOperations(api.iam) },
        elasticloadbalancing: { protocol: queryProtocol, operations: elbOperations(balancing, () => undefined) },
        route53: { protocol: route53Protocol, operations: route53Operations(zones) },
      },
      compute.context,
    );
  });
  after(async () => {
    await api.close();
    zones.close();
    compute.close();
  });

  it("a role that trusts the account can be taken, used and removed", async () => {
    const iam = new IAMClient(api.options());
    const sts = new STSClient(api.options());
    const document = (statement: object) => JSON.stringify({ Statement: [{ Effect: "Allow", ...statement }] });
    const AssumeRolePolicyDocument = document({
      Principal: { AWS: "arn:aws:iam::123456789012:root" },
      Action: "sts:AssumeRole",
    });
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName: ROLE, AssumeRolePolicyDocument }));
    const PolicyDocument = document({ Action: "autoscaling:PutScalingPolicy", Resource: "*" });
    await iam.send(new PutRolePolicyCommand({ RoleName: ROLE, PolicyName: ROLE, PolicyDocument }));
    const request = { RoleArn: Role!.Arn!, RoleSessionName: "first-contact" };
    const { Credentials } = await sts.send(new AssumeRoleCommand(request));
    const asRole = new STSClient({
      ...api.options(),
      credentials: {
        accessKeyId: Credentials!.AccessKeyId!,
        secretAccessKey: Credentials!.SecretAccessKey!,
        sessionToken: Credentials!.SessionToken!,
      },
    });
    expect((await asRole.send(new GetCallerIdentityCommand({}))).Arn).to.match(/assumed-role\/probe\/first-contact$/);
    expect((await refusalOf(iam.send(new DeleteRoleCommand({ RoleName: ROLE }))))[0]).to.match(/^DeleteConflict/);
    await iam.send(new DeleteRolePolicyCommand({ RoleName: ROLE, PolicyName: ROLE }));
    await iam.send(new DeleteRoleCommand({ RoleName: ROLE }));
    expect((await refusalOf(iam.send(new GetRoleCommand({ RoleName: ROLE }))))[0]).to.match(/^NoSuchEntity/);
    expect((await refusalOf(sts.send(new AssumeRoleCommand(request))))[0]).to.equal("AccessDenied");
  });

  it("a record is changed until it is in sync, in a zone that is found by its name", async () => {
    const client = new Route53Client(api.options());
    const { HostedZones: found } = await client.send(new ListHostedZonesByNameCommand({ DNSName: "example.jp" }));
    expect(found!.map(({ Name }) => Name)).to.deep.equal(["example.jp."]);
    const { Id } = found![0]!;
    expect((await client.send(new GetHostedZoneCommand({ Id }))).DelegationSet!.NameServers).to.have.length(1);
    const change = async (Action: "UPSERT" | "DELETE", value: string) => {
      const ResourceRecordSet = {
        ...{ Name: "_probe.example.jp", Type: "TXT" as const, TTL: 60 },
        ResourceRecords: [{ Value: value }],
      };
      const ChangeBatch = { Changes: [{ Action, ResourceRecordSet }] };
      const { ChangeInfo } = await client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: Id, ChangeBatch }));
      const isInSync = async () =>
        (await client.send(new GetChangeCommand({ Id: ChangeInfo!.Id }))).ChangeInfo!.Status === "INSYNC";
      while (!(await isInSync())) await compute.context.clock.sleep(1);
    };
    await change("UPSERT", '"1 & <2>"');
    expect(zones.publicRecord("_probe.example.jp", "TXT")).to.deep.equal(["1 & <2>"]);
    expect((await refusalOf(change("DELETE", '"other"')))[0]).to.equal("InvalidChangeBatch");
    await change("DELETE", '"1 & <2>"');
    expect(zones.publicRecord("_probe.example.jp", "TXT")).to.equal(undefined);
  });

  it("access logs are read, refused as the bucket says, and set back", async () => {
    const client = new ElasticLoadBalancingV2Client(api.options());
    const { Attributes } = await client.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn: BALANCER }));
    const to = (Value: string) =>
      client.send(
        new ModifyLoadBalancerAttributesCommand({
          LoadBalancerArn: BALANCER,
          Attributes: [{ Key: "access_logs.s3.bucket", Value }],
        }),
      );
    expect((await refusalOf(to("closed")))[1]).to.match(/Access Denied for bucket/);
    await to("open");
    expect(accessLogs.at(-1)).to.deep.equal({ bucket: "open", prefix: "blue" });
    await client.send(new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn: BALANCER, Attributes }));
    expect(accessLogs.at(-1)).to.deep.equal({ bucket: "own", prefix: "blue" });
    const other = { LoadBalancerArn: BALANCER, Attributes: [{ Key: "idle_timeout.timeout_seconds", Value: "1" }] };
    expect((await refusalOf(client.send(new ModifyLoadBalancerAttributesCommand(other))))[1]).to.match(
      /changes only access_logs\.s3\.enabled, .*, not idle_timeout/,
    );
    const unknown = { TargetGroupArn: "arn:blue", Targets: [{ Id: "i-0" }] };
    expect((await refusalOf(client.send(new RegisterTargetsCommand(unknown))))[0]).to.match(/^InvalidTarget/);
  });

  it("an instance is terminated on request and replaced, once no hook holds it", async () => {
    const { autoScaling } = compute.compute;
    const group = autoScaling.create("users-blue", compute.groupSettings(1));
    group.hooks.put({ name: "drain", heartbeatSeconds: 3_600 });
    const client = new AutoScalingClient(api.options());
    const name = { AutoScalingGroupName: "users-blue" };
    const { LifecycleHooks } = await client.send(new DescribeLifecycleHooksCommand(name));
    expect(LifecycleHooks!.map(({ LifecycleHookName }) => LifecycleHookName)).to.deep.equal(["drain"]);
    await client.send(new DeleteLifecycleHookCommand({ ...name, LifecycleHookName: "drain" }));
    await compute.until("the instance is in service", () => group.members[0]?.lifecycleState === "InService");
    const { instanceId: InstanceId } = group.members[0]!.instance;
    const terminate = () =>
      client.send(
        new TerminateInstanceInAutoScalingGroupCommand({ InstanceId, ShouldDecrementDesiredCapacity: false }),
      );
    expect((await terminate()).Activity!.Description).to.equal(`Terminating EC2 instance: ${InstanceId}`);
    await compute.until("another one is in service instead", () => {
      const [member, ...others] = group.members;
      return (
        others.length === 0 && member?.instance.instanceId !== InstanceId && member?.lifecycleState === "InService"
      );
    });
    expect((await refusalOf(terminate()))[1]).to.match(/^Instance Id not found/);
    await client.send(
      new PutScalingPolicyCommand({
        ...name,
        PolicyName: "probe",
        PolicyType: "TargetTrackingScaling",
        TargetTrackingConfiguration: {
          PredefinedMetricSpecification: { PredefinedMetricType: "ASGAverageCPUUtilization" },
          TargetValue: 60,
        },
      }),
    );
    expect(autoScaling.policies.find("users-blue", "probe")).to.include({ targetValue: 60 });
  });
});
