import { request } from "node:http";
import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  DescribeScalingActivitiesCommand,
  DescribeTagsCommand,
} from "@aws-sdk/client-auto-scaling";
import { DescribeImagesCommand, ECRClient, ImageNotFoundException, PutImageCommand } from "@aws-sdk/client-ecr";
import {
  DescribeContainerInstancesCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  ListAttributesCommand,
  ListContainerInstancesCommand,
  ListTasksCommand,
} from "@aws-sdk/client-ecs";
import {
  DescribeLoadBalancersCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import {
  GetChangeCommand,
  ListResourceRecordSetsCommand,
  type ListResourceRecordSetsCommandInput,
  Route53Client,
} from "@aws-sdk/client-route-53";
import { expect } from "chai";
import { AwsError } from "../../../../rehearsal/cloud/kernel/aws-error";
import { queryProtocol } from "../../../../rehearsal/cloud/protocols/query";
import type { CloudService } from "../../../../rehearsal/cloud/services/cloud-service";
import { createEcr } from "../../../../rehearsal/cloud/services/ecr";
import type { Ecr } from "../../../../rehearsal/cloud/services/ecr/model/ecr";
import { elbOperations } from "../../../../rehearsal/cloud/services/elb/api/elb";
import { route53Operations, route53Protocol } from "../../../../rehearsal/cloud/services/route53/api/route53";
import { HostedZones } from "../../../../rehearsal/cloud/services/route53/model/hosted-zones";
import { failureOf } from "../../../failure-of";
import { IMAGE, Scene } from "../compute-scene";
import { taskRequest } from "../services/ecs/model/task-request";
import { Scene as ApiScene, type ClientOptions } from "./scene";

const ARN = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:targetgroup/users-bb/0123456789abcdef";
const LOAD_BALANCER = {
  LoadBalancerArn:
    "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:loadbalancer/app/public-blue/0123456789abcdef",
  LoadBalancerName: "public-blue",
  DNSName: "public-blue-1.ap-northeast-1.elb.amazonaws.com",
  CanonicalHostedZoneId: "Z14GRHDCWA56QT",
  CreatedTime: new Date(1_700_000_000_000),
  State: { Code: "active" as const },
  AvailabilityZones: [{ ZoneName: "ap-northeast-1a", SubnetId: "subnet-a" }],
  SecurityGroups: ["sg-edge"],
};

/** Every operation is asked for by the SDK's own client, so that both ends of the protocol are the real ones. */
describe("rehearsal/cloud/api", () => {
  let scene: Scene;
  let ecr: CloudService<Ecr>;
  let hostedZones: HostedZones;
  let api: ApiScene;
  let options: ClientOptions;
  const modified: unknown[] = [];

  before(async () => {
    scene = new Scene({ bootSeconds: 0 });
    ecr = createEcr(scene.context);
    ecr.model.createRepository({ name: "users", imageTagMutability: "IMMUTABLE", scanOnPush: false });
    hostedZones = new HostedZones(scene.context, {
      zoneNames: ["example.jp"],
      nameServers: ["127.0.0.1"],
      loadBalancers: { find: () => undefined } as never,
      vpcs: { find: () => undefined },
    });
    const loadBalancing: Parameters<typeof elbOperations>[0] = {
      ...{ targets: {} as never, loadBalancers: {} as never, listeners: {} as never, targetGroups: {} as never },
      rules: { modify: (arn: string, change: unknown) => modified.push({ arn, change }) } as never,
      describeLoadBalancers: () => [LOAD_BALANCER],
      describeTargetHealth: (arn) => {
        if (arn !== ARN) throw new AwsError("TargetGroupNotFound", "One or more target groups not found");
        return [
          {
            Target: { Id: "i-0123456789abcdef0", Port: 8080 },
            TargetHealth: {
              State: "unhealthy",
              Reason: "Target.ResponseCodeMismatch",
              Description: "codes <[404]> & more",
            },
          },
        ];
      },
    };
    api = new ApiScene();
    await api.start(
      {
        ...scene.apis,
        ...ecr.apis,
        elasticloadbalancing: { protocol: queryProtocol, operations: elbOperations(loadBalancing, () => undefined) },
        route53: { protocol: route53Protocol, operations: route53Operations(hostedZones) },
      },
      scene.context,
    );
    options = api.options();
  });
  after(async () => {
    await api.close();
    hostedZones.close();
    scene.close();
  });

  describe("ecs and autoscaling", () => {
    let ecs: ECSClient;
    let autoScaling: AutoScalingClient;
    let taskArn: string;
    let instanceId: string;

    before(async () => {
      ecs = new ECSClient(options);
      autoScaling = new AutoScalingClient(options);
      const { compute } = scene;
      compute.ecs.createCluster("users");
      scene.serve("users-api", taskRequest());
      const settings = scene.groupSettings(1, {
        ...{ targetGroupArns: ["blue"], healthCheckType: "ELB", healthCheckGracePeriod: 600 },
        tags: [{ key: "colour", value: "blue", propagateAtLaunch: false }],
      });
      const group = compute.autoScaling.create("users-blue", settings);
      await scene.until("a listening task", () => scene.targets.endpoints.size === 1);
      instanceId = group.members[0]!.instance.instanceId;
    });

    it("lists and describes tasks", async () => {
      const { taskArns } = await ecs.send(new ListTasksCommand({ cluster: "users" }));
      expect(taskArns).to.have.lengthOf(1);
      taskArn = taskArns![0]!;
      const { tasks, failures } = await ecs.send(
        new DescribeTasksCommand({ cluster: "users", tasks: [taskArn, taskArn.replace(/.$/, "x")] }),
      );
      expect(tasks![0]).to.deep.include({
        taskArn,
        lastStatus: "RUNNING",
        desiredStatus: "RUNNING",
        group: "service:users-api",
        taskDefinitionArn: "arn:aws:ecs:ap-northeast-1:123456789012:task-definition/users:1",
      });
      expect(tasks![0]!.startedAt).to.be.instanceOf(Date);
      expect(tasks![0]!.containers![0]).to.deep.include({
        image: IMAGE,
        imageDigest: IMAGE.split("@")[1],
        networkBindings: [{ bindIP: "0.0.0.0", containerPort: 3000, hostPort: 8080, protocol: "tcp" }],
      });
      expect(failures).to.deep.equal([{ arn: taskArn.replace(/.$/, "x"), reason: "MISSING" }]);
      const stopped = await ecs.send(new ListTasksCommand({ cluster: "users", desiredStatus: "STOPPED" }));
      expect(stopped.taskArns).to.deep.equal([]);
      const others = await ecs.send(new ListTasksCommand({ cluster: "users", serviceName: "other" }));
      expect(others.taskArns).to.deep.equal([]);
    });

    it("lists page by page", async () => {
      const { tasks } = scene.compute.ecs.cluster("users");
      const [task] = tasks;
      tasks.push(
        ...(Array.from({ length: 120 }, (_, index) => ({
          ...task,
          arn: `task/${index}`,
          desiredStatus: "STOPPED",
        })) as never[]),
      );
      const list = (nextToken?: string) =>
        ecs.send(new ListTasksCommand({ cluster: "users", desiredStatus: "STOPPED", nextToken }));
      const first = await list();
      expect(first.taskArns).to.have.lengthOf(100);
      const second = await list(first.nextToken);
      // After them come those that ended before, such as a first task that was replaced.
      const newestFirst = Array.from({ length: 120 }, (_, index) => `task/${119 - index}`);
      expect([...first.taskArns!, ...second.taskArns!].slice(0, 120)).to.deep.equal(newestFirst);
      expect(second.nextToken).to.equal(undefined);
      tasks.splice(
        tasks.findIndex(({ arn }) => (arn as string) === "task/0"),
        120,
      );
    });

    it("lists and describes container instances", async () => {
      const { containerInstanceArns } = await ecs.send(new ListContainerInstancesCommand({ cluster: "users" }));
      const { containerInstances } = await ecs.send(
        new DescribeContainerInstancesCommand({ cluster: "users", containerInstances: containerInstanceArns }),
      );
      expect(containerInstances).to.have.lengthOf(1);
      expect(containerInstances![0]).to.include({
        ec2InstanceId: instanceId,
        agentConnected: true,
        status: "ACTIVE",
        runningTasksCount: 1,
      });
    });

    it("describes services and task definitions", async () => {
      const { services } = await ecs.send(new DescribeServicesCommand({ cluster: "users", services: ["users-api"] }));
      expect(services![0]).to.include({
        status: "ACTIVE",
        desiredCount: 1,
        runningCount: 1,
        schedulingStrategy: "DAEMON",
      });
      expect(services![0]!.deployments![0]!.taskDefinition).to.equal(services![0]!.taskDefinition);
      expect(services![0]!.events![0]!.createdAt).to.be.instanceOf(Date);
      const { taskDefinition } = await ecs.send(
        new DescribeTaskDefinitionCommand({ taskDefinition: services![0]!.taskDefinition }),
      );
      expect(taskDefinition).to.include({ family: "users", revision: 1, status: "ACTIVE", memory: "1536" });
      expect(taskDefinition!.containerDefinitions![0]!.image).to.equal(IMAGE);
    });

    it("refuses as ECS does", async () => {
      const unknown = await failureOf(ecs.send(new ListTasksCommand({ cluster: "typo" })));
      expect([unknown.name, unknown.message]).to.deep.equal(["ClusterNotFoundException", "Cluster not found."]);
      const missing = await failureOf(ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: "typo" })));
      expect([missing.name, missing.message]).to.deep.equal(["ClientException", "Unable to describe task definition."]);
    });

    it("refuses values that the API's model does not have (V1)", async () => {
      const moon = { cluster: "users", launchType: "MOON" as never };
      const value = await failureOf(ecs.send(new ListTasksCommand(moon)));
      expect(value.name).to.equal("InvalidParameterException");
      expect(value.message).to.match(
        /^1 validation error detected: Value 'MOON' at 'launchType' .* enum value set: \[EC2, /,
      );
    });

    it("names an operation and a parameter that it does not know", async () => {
      const operation = await failureOf(ecs.send(new ListAttributesCommand({ targetType: "container-instance" })));
      expect(operation.message).to.match(
        /^the rehearsal cloud has no ecs operation ListAttributes; it has ListTasks, /,
      );
      const parameter = await failureOf(ecs.send(new ListTasksCommand({ cluster: "users", launchType: "EC2" })));
      expect([parameter.name, parameter.message]).to.deep.equal([
        "ValidationException",
        'Unrecognized key: "launchType", in the rehearsal cloud',
      ]);
    });

    it("describes Auto Scaling groups", async () => {
      const { AutoScalingGroups } = await autoScaling.send(
        new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ["users-blue", "other"] }),
      );
      expect(AutoScalingGroups).to.have.lengthOf(1);
      expect(AutoScalingGroups![0]).to.deep.include({
        AutoScalingGroupName: "users-blue",
        MinSize: 1,
        DesiredCapacity: 1,
        VPCZoneIdentifier: "subnet-a",
        TargetGroupARNs: ["blue"],
        NewInstancesProtectedFromScaleIn: false,
      });
      expect(AutoScalingGroups![0]!.CreatedTime).to.be.instanceOf(Date);
      expect(AutoScalingGroups![0]!.Instances![0]).to.include({
        InstanceId: instanceId,
        LifecycleState: "InService",
        HealthStatus: "Healthy",
      });
    });

    it("describes scaling activities, newest first", async () => {
      const { Activities } = await autoScaling.send(
        new DescribeScalingActivitiesCommand({ AutoScalingGroupName: "users-blue", MaxRecords: 10 }),
      );
      expect(
        Activities!.map(({ StatusCode, Progress, Description }) => [StatusCode, Progress, Description]),
      ).to.deep.equal([["Successful", 100, `Launching a new EC2 instance: ${instanceId}`]]);
      const unknown = await failureOf(autoScaling.send(new DescribeTagsCommand({})));
      expect(unknown.message).to.contain("the rehearsal cloud has no autoscaling operation DescribeTags");
    });
  });

  it("ecr: takes images, finds them by tag and digest, refuses as ECR does", async () => {
    const client = new ECRClient(options);
    const imageManifest = JSON.stringify({
      schemaVersion: 2,
      config: { Cmd: ["true"], WorkingDir: "/", Env: [] },
    });
    const put = await client.send(new PutImageCommand({ repositoryName: "users", imageManifest, imageTag: "v1" }));
    const { imageDigest } = put.image!.imageId!;
    expect(imageDigest).to.match(/^sha256:[0-9a-f]{64}$/);
    for (const imageId of [{ imageTag: "v1" }, { imageDigest }]) {
      const { imageDetails } = await client.send(
        new DescribeImagesCommand({ repositoryName: "users", imageIds: [imageId] }),
      );
      expect(imageDetails![0]).to.deep.include({ imageDigest, imageTags: ["v1"] });
      expect(imageDetails![0]!.imagePushedAt).to.be.instanceOf(Date);
    }
    const missing = client.send(new DescribeImagesCommand({ repositoryName: "users", imageIds: [{ imageTag: "v2" }] }));
    expect(await failureOf(missing)).to.be.instanceOf(ImageNotFoundException);
    const nowhere = await failureOf(client.send(new DescribeImagesCommand({ repositoryName: "typo" })));
    expect(nowhere.name).to.equal("RepositoryNotFoundException");
    const elsewhere = new DescribeImagesCommand({ registryId: "210987654321", repositoryName: "users" });
    expect((await failureOf(client.send(elsewhere))).name).to.equal("RepositoryNotFoundException");
  });

  it("elasticloadbalancing: describes target health and load balancers", async () => {
    const client = new ElasticLoadBalancingV2Client(options);
    const { TargetHealthDescriptions } = await client.send(new DescribeTargetHealthCommand({ TargetGroupArn: ARN }));
    expect(TargetHealthDescriptions).to.deep.equal([
      {
        Target: { Id: "i-0123456789abcdef0", Port: 8080 },
        TargetHealth: {
          State: "unhealthy",
          Reason: "Target.ResponseCodeMismatch",
          Description: "codes <[404]> & more",
        },
      },
    ]);
    const all = await client.send(new DescribeLoadBalancersCommand({}));
    expect(all.LoadBalancers).to.deep.equal([LOAD_BALANCER]);
    const one = await client.send(new DescribeLoadBalancersCommand({ Names: ["public-blue"] }));
    expect(one.LoadBalancers).to.have.lengthOf(1);
    const none = await failureOf(client.send(new DescribeLoadBalancersCommand({ Names: ["grey"] })));
    expect(none.name).to.equal("LoadBalancerNotFoundException");
    const gone = await failureOf(client.send(new DescribeTargetHealthCommand({ TargetGroupArn: `${ARN}0` })));
    expect([gone.name, gone.message]).to.deep.equal([
      "TargetGroupNotFoundException",
      "One or more target groups not found",
    ]);
  });

  it("elasticloadbalancing: takes a rule's action, as a whole structure", async () => {
    const client = new ElasticLoadBalancingV2Client(options);
    const TargetGroups = [
      { TargetGroupArn: ARN, Weight: 100 },
      { TargetGroupArn: `${ARN}0`, Weight: 0 },
    ];
    const forward = { Type: "forward" as const, ForwardConfig: { TargetGroups } };
    const { Rules } = await client.send(new ModifyRuleCommand({ RuleArn: "rule", Actions: [forward] }));
    expect(Rules).to.deep.equal([{ RuleArn: "rule" }]);
    const targetGroups = [
      { arn: ARN, weight: 100 },
      { arn: `${ARN}0`, weight: 0 },
    ];
    expect(modified).to.deep.equal([
      { arn: "rule", change: { actions: [{ type: "forward", forward: { targetGroups } }] } },
    ]);
    const Conditions = [{ Field: "host-header", HostHeaderConfig: { RegexValues: ["^users"] } }];
    await client.send(new ModifyRuleCommand({ RuleArn: "rule", Conditions }));
    expect(modified[1]).to.deep.equal({
      ...{ arn: "rule", change: { conditions: [{ hostHeader: { values: undefined, regexValues: ["^users"] } }] } },
    });
    const unknown = { ...forward, RedirectConfig: { StatusCode: "HTTP_301" as const } };
    const refused = await failureOf(client.send(new ModifyRuleCommand({ RuleArn: "rule", Actions: [unknown] })));
    expect(refused.message).to.match(/RedirectConfig/);
  });

  it("goes on after a request of its own that it cannot read", async () => {
    const body = "x".repeat(17 * 1024 * 1024);
    const answer = await fetch(`${api.url}/_rehearsal/faults`, { method: "POST", body });
    expect([answer.status, await answer.json()]).to.deep.equal([
      500,
      { error: "a request has at most 16777216 bytes here" },
    ]);
    expect((await fetch(`${api.url}/_rehearsal/faults`)).status).to.equal(200);
  });

  it("route53: lists records and follows a change", async () => {
    const client = new Route53Client(options);
    const [zone] = hostedZones.findByName("example.jp");
    scene.context.faults.add({ kind: "pendingRecord", match: "www.example.jp", nameServers: 0 });
    const change = hostedZones.change(zone!.id, [
      {
        action: "CREATE",
        record: {
          name: "www.example.jp",
          type: "CNAME",
          content: { kind: "values", ttlSeconds: 60, values: ["a.example"] },
        },
      },
    ]);
    const pending = await client.send(new GetChangeCommand({ Id: change.id }));
    expect(pending.ChangeInfo).to.deep.include({ Id: `/change/${change.id}`, Status: "PENDING" });
    expect(pending.ChangeInfo!.SubmittedAt).to.be.instanceOf(Date);
    scene.context.faults.clear();
    await change.inSync;
    const inSync = await client.send(new GetChangeCommand({ Id: change.id }));
    expect(inSync.ChangeInfo!.Status).to.equal("INSYNC");
    const { ResourceRecordSets, IsTruncated } = await client.send(
      new ListResourceRecordSetsCommand({ HostedZoneId: zone!.id }),
    );
    expect(IsTruncated).to.equal(false);
    expect(ResourceRecordSets!.map(({ Type }) => Type)).to.deep.equal(["NS", "SOA", "CNAME"]);
    expect(ResourceRecordSets![2]).to.deep.equal({
      Name: "www.example.jp.",
      Type: "CNAME",
      TTL: 60,
      ResourceRecords: [{ Value: "a.example" }],
    });
    await scene.context.clock.sleep(1);
    const gone = await failureOf(client.send(new ListResourceRecordSetsCommand({ HostedZoneId: "Z000" })));
    expect(gone.name).to.equal("NoSuchHostedZone");
  });

  it("route53: lists records page by page, in Route 53's order", async () => {
    const records = ["b.example.com", "a.b.example.com", "a.example.com", "example.com"].map((name) => ({
      Name: `${name}.`,
      Type: "A" as const,
    }));
    const apiOfZone = new ApiScene();
    const operations = route53Operations({
      listRecords: () => records,
      ...{ getChange: expect.fail, change: expect.fail, get: expect.fail, findByName: expect.fail },
    });
    await apiOfZone.start({ route53: { protocol: route53Protocol, operations } });
    const ofZone = new Route53Client(apiOfZone.options());
    const list = (more: Partial<ListResourceRecordSetsCommandInput>) =>
      ofZone.send(new ListResourceRecordSetsCommand({ HostedZoneId: "Z1", ...more }));
    const first = await list({ MaxItems: 3 });
    expect(first.ResourceRecordSets!.map(({ Name }) => Name)).to.deep.equal([
      "example.com.",
      "a.example.com.",
      "b.example.com.",
    ]);
    expect(first).to.include({ IsTruncated: true, NextRecordName: "a.b.example.com.", NextRecordType: "A" });
    const second = await list({ StartRecordName: first.NextRecordName, StartRecordType: first.NextRecordType });
    expect(second.ResourceRecordSets!.map(({ Name }) => Name)).to.deep.equal(["a.b.example.com."]);
    expect(second.IsTruncated).to.equal(false);
    expect((await failureOf(list({ StartRecordType: "A" }))).name).to.equal("InvalidInput");
    await apiOfZone.close();
  });

  it("sts: says who asks", async () => {
    const answer = await signed("sts", "Action=GetCallerIdentity&Version=2011-06-15");
    expect(answer).to.contain("<Account>123456789012</Account>");
    expect(answer).to.contain("<Arn>arn:aws:iam::123456789012:user/rehearsal</Arn>");
  });

  it("names a service that it does not have", async () => {
    expect(await signed("dynamodb", "{}", { "content-type": "application/x-amz-json-1.0" })).to.contain(
      'the rehearsal cloud has no AWS service \\"dynamodb\\"; it has autoscaling, ecr, ecs, elasticloadbalancing, logs, route53, secretsmanager, sqs, ssm, sts',
    );
    expect(await signed("s3", "")).to.match(/^<ErrorResponse><Error>.*<Code>UnknownService<\/Code>/);
  });

  /** A request as signed for a service. Its signature is nothing: the cloud checks none. */
  function signed(service: string, body: string, headers: Record<string, string> = {}): Promise<string> {
    const authorization = `AWS4-HMAC-SHA256 Credential=rehearsal/20260101/ap-northeast-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
    return new Promise((resolve, reject) => {
      const asking = request(api.url, { method: "POST", headers: { authorization, ...headers } }, async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk as Buffer);
        resolve(Buffer.concat(chunks).toString());
      });
      asking.on("error", reject).end(body);
    });
  }
});
