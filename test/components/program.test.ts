import { expect } from "chai";
import { COLOURS } from "../../components/core/colour-name";
import type { LiveService } from "../../components/live/live";
import type { Cutover } from "../../components/settings/settings";
import {
  counts,
  differences,
  ECS_SERVICE,
  GROUP,
  INGRESS,
  inputs,
  LISTENER,
  names,
  RECORD,
  ROLE_POLICY,
  RULE,
  TARGET_GROUP,
  TASK,
} from "./declared";
import { declare, STATES, V1, type World } from "./world";

const json = (text: unknown) => JSON.parse(String(text));
const world = (users: LiveService, cutover?: Cutover) =>
  declare({ services: { users }, ...(cutover ? { cutover } : {}) });

const NOTHING = { calls: [], sends: [], egress: [], secretArns: [], iam: [] };
const TAGS = { project: "aoshingo", stack: "prod", service: "users" };

/** One service with `cutover: routed` in two zones, before its first release. */
const COUNTS = {
  "aws:acm/certificate:Certificate": 1,
  "aws:acm/certificateValidation:CertificateValidation": 1,
  [GROUP]: 2,
  "aws:cloudwatch/logGroup:LogGroup": 1,
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": 1,
  "aws:ec2/eip:Eip": 1,
  "aws:ec2/internetGateway:InternetGateway": 1,
  "aws:ec2/launchTemplate:LaunchTemplate": 2,
  "aws:ec2/natGateway:NatGateway": 1,
  "aws:ec2/route:Route": 4,
  "aws:ec2/routeTable:RouteTable": 4,
  "aws:ec2/routeTableAssociation:RouteTableAssociation": 4,
  "aws:ec2/securityGroup:SecurityGroup": 2,
  "aws:ec2/subnet:Subnet": 4,
  "aws:ec2/vpc:Vpc": 1,
  "aws:ec2/vpcEndpoint:VpcEndpoint": 1,
  "aws:ecr/repository:Repository": 1,
  "aws:ecs/cluster:Cluster": 2,
  "aws:iam/instanceProfile:InstanceProfile": 1,
  "aws:iam/role:Role": 3,
  [ROLE_POLICY]: 2,
  "aws:lb/listener:Listener": 4,
  [RULE]: 4,
  "aws:lb/loadBalancer:LoadBalancer": 2,
  [TARGET_GROUP]: 4,
  [RECORD]: 3,
  "aws:s3/bucket:Bucket": 2,
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": 2,
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": 1,
  "aws:s3/bucketPolicy:BucketPolicy": 2,
  "aws:ecs/capacityProvider:CapacityProvider": 2,
  "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": 2,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": 2,
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": 2,
  "aws:s3/bucketVersioning:BucketVersioning": 2,
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": 2,
  [INGRESS]: 3,
};

describe("the program", () => {
  const worlds = {} as Record<keyof typeof STATES, Record<Cutover, World>>;

  before(async () => {
    for (const state of Object.keys(STATES) as (keyof typeof STATES)[]) {
      worlds[state] = { routed: await world(STATES[state]), dns: await world(STATES[state], "dns") };
    }
  });

  it("declares exactly these resources before the first release", () => {
    expect(counts(worlds.start.routed)).to.deep.equal(COUNTS);
  });

  it("adds task definitions and ECS services of both colours with a service's first release", () => {
    expect(counts(worlds.warm.routed)).to.deep.equal({ ...COUNTS, [TASK]: 2, [ECS_SERVICE]: 2 });
    const images = ["users-blue-task", "users-green-task"].map((name) => {
      const [container] = json(inputs(worlds.warm.routed, name, TASK).containerDefinitions) as { image: string }[];
      return container!.image;
    });
    expect(images).to.deep.equal([V1.image, V1.image]);
    expect(worlds.warm.routed.outputs.live.services.users!.colours.blue.release).to.equal(null);
    expect(inputs(worlds.warm.routed, "users-blue-instances", GROUP)).to.include({ minSize: 0, maxSize: 0 });
  });

  it("leaves container insights to the account, unless the settings say", async () => {
    const settingsOf = ({ resources }: World) =>
      resources.filter(({ type }) => type === "aws:ecs/cluster:Cluster").map(({ inputs }) => inputs.settings);
    expect(settingsOf(await declare({ services: { users: STATES.start } }))).to.deep.equal([undefined, undefined]);
    const setting = { name: "containerInsights", value: "enhanced" };
    const config = { containerInsights: "enhanced" };
    expect(settingsOf(await declare({ services: { users: STATES.start }, config }))).to.deep.equal([
      [setting],
      [setting],
    ]);
  });

  it("keeps container insights in a deploy whose settings have taken them away, and refuses that in `pulumi up`", async () => {
    const services = { users: STATES.second };
    const last = (await declare({ services, config: { containerInsights: "enabled" } })).outputs;
    const deploy = await declare({ services, last, config: { live: { ...last.live, serial: last.live.serial } } });
    const clusters = deploy.resources.filter(({ type }) => type === "aws:ecs/cluster:Cluster");
    const setting = { name: "containerInsights", value: "enabled" };
    expect(clusters.map(({ inputs }) => inputs.settings)).to.deep.equal([[setting], [setting]]);
    expect(deploy.outputs.applied.infrastructure).to.deep.equal(last.applied.infrastructure);
    const refusal = await declare({ services, last }).catch((error: Error) => error.message);
    expect(refusal).to.match(
      /^aoshingo:containerInsights: removed, but the stack has enabled, which its clusters keep/,
    );
  });

  it("lets ECS drain every colour's instances, and links none that an older program left running (C25, C28)", async () => {
    const CAPACITY = "aws:ecs/capacityProvider:CapacityProvider";
    expect(names(worlds.warm.routed, CAPACITY)).to.deep.equal(["users-blue-capacity", "users-green-capacity"]);
    expect(inputs(worlds.warm.routed, "users-green-capacity", CAPACITY).name).to.match(/^api-users-green-[0-9a-f]{6}$/);
    const { isDrainedByEcs: _, ...old } = worlds.warm.routed.outputs.services.users!.colours.blue;
    const users = { ...worlds.warm.routed.outputs.services.users!, colours: { blue: old, green: old } };
    const later = await declare({ services: { users: STATES.warm }, last: { services: { users } } });
    expect(names(later, CAPACITY)).to.deep.equal(["users-blue-capacity"]);
    expect(inputs(later, "users-green-instances", GROUP)).not.to.have.property("forceDelete");
  });

  it("gives open streams their time in target groups and tasks, and deploys the right to end tasks", async () => {
    const config = { ci: { repository: "example/shop" } };
    const declared = (streams?: object) =>
      declare({ services: { users: STATES.warm }, settings: { users: { kind: "api", ...streams } }, config });
    const seen = (declared: World) => ({
      delay: inputs(declared, "users-green-at-blue", TARGET_GROUP).deregistrationDelay,
      stopTimeout: (
        json(inputs(declared, "users-green-task", TASK).containerDefinitions) as { stopTimeout: number }[]
      )[0]!.stopTimeout,
      ends: JSON.stringify(inputs(declared, "ci-deploy-change", ROLE_POLICY)).includes("UpdateContainerInstancesState"),
    });
    expect(seen(await declared())).to.deep.equal({ delay: 30, stopTimeout: 30, ends: false });
    const within = (time: string) => declared({ streams: { within: time } });
    expect(seen(await within("15m"))).to.deep.equal({ delay: 900, stopTimeout: 900, ends: true });
    expect(seen(await within("10s"))).to.deep.equal({ delay: 30, stopTimeout: 30, ends: true });
    // Other requests need their time when load falls, too.
    expect(seen(await within("0s"))).to.deep.equal({ delay: 30, stopTimeout: 30, ends: false });
    const longer = { streams: { within: "0s" }, stopTimeoutSeconds: 50 };
    expect(seen(await declared(longer))).to.deep.equal({ delay: 50, stopTimeout: 50, ends: false });
  });

  it("has half the target groups with cutover: dns", () => {
    expect(counts(worlds.start.dns)).to.deep.equal({ ...COUNTS, [TARGET_GROUP]: 2 });
    expect(names(worlds.start.dns, TARGET_GROUP)).to.deep.equal(["users-blue-at-blue", "users-green-at-green"]);
  });

  it("gives unique names where AWS requires them", () => {
    const physical = worlds.start.routed.resources.flatMap(({ type, inputs: { name } }) =>
      name ? [`${type} ${name}`] : [],
    );
    expect(new Set(physical).size).to.equal(physical.length);
  });

  describe("a warm-up", () => {
    it("changes the idle colour's size only, and with a first release both colours' tasks and services", () => {
      expect(differences(worlds.start.routed, worlds.warm.routed)).to.deep.equal([
        `${GROUP} users-green-instances`,
        `${ECS_SERVICE} users-blue-service`,
        `${ECS_SERVICE} users-green-service`,
        `${TASK} users-blue-task`,
        `${TASK} users-green-task`,
      ]);
    });
  });

  describe("a cutover", () => {
    it("changes four rules and two records with cutover: routed", () => {
      expect(differences(worlds.warm.routed, worlds.flipped.routed)).to.deep.equal([
        `${RULE} users-production-at-blue`,
        `${RULE} users-production-at-green`,
        `${RULE} users-test-at-blue`,
        `${RULE} users-test-at-green`,
        `${RECORD} users-production-record`,
        `${RECORD} users-test-record`,
      ]);
    });

    it("changes two records with cutover: dns", () => {
      expect(differences(worlds.warm.dns, worlds.flipped.dns)).to.deep.equal([
        `${RECORD} users-production-record`,
        `${RECORD} users-test-record`,
      ]);
    });

    it("changes rules in their actions and records in their targets", () => {
      const { conditions, listenerArn, tags } = inputs(worlds.flipped.routed, "users-test-at-blue", RULE);
      expect(inputs(worlds.warm.routed, "users-test-at-blue", RULE)).to.deep.include({ conditions, listenerArn, tags });
      const { name, type, zoneId } = inputs(worlds.flipped.routed, "users-test-record", RECORD);
      expect(inputs(worlds.warm.routed, "users-test-record", RECORD)).to.include({ name, type, zoneId });
    });
  });

  const shares = (declared: World, name: string) => {
    const [action] = inputs(declared, name, RULE).actions as [
      { forward: { targetGroups: { arn: string; weight: number }[] } },
    ];
    return Object.fromEntries(action.forward.targetGroups.map(({ arn, weight }) => [arn, weight]));
  };

  describe("a ramp", () => {
    const ramped = (idleShare: number) => world({ ...STATES.second, idleShare });

    it("changes the two production rules in their actions, nothing else", async () => {
      const tenth = await ramped(10);
      const productionRules = [`${RULE} users-production-at-blue`, `${RULE} users-production-at-green`];
      expect(differences(worlds.second.routed, tenth)).to.deep.equal(productionRules);
      expect(differences(tenth, await ramped(50))).to.deep.equal(productionRules);
      const { actions, ...rest } = inputs(tenth, "users-production-at-blue", RULE);
      expect(inputs(worlds.second.routed, "users-production-at-blue", RULE)).to.deep.include(rest);
      expect(actions).to.have.length(1);
    });

    for (const share of [1, 10, 50, 99]) {
      it(`gives the idle colour ${share} % of production on both load balancers, and all of the test name`, async () => {
        const declared = await ramped(share);
        for (const side of COLOURS) {
          const weights = (blue: number, green: number) => ({
            [`users-blue-at-${side}.arn`]: blue,
            [`users-green-at-${side}.arn`]: green,
          });
          expect(shares(declared, `users-production-at-${side}`)).to.deep.equal(weights(100 - share, share));
          expect(shares(declared, `users-test-at-${side}`)).to.deep.equal(weights(0, 100));
        }
      });
    }
  });

  describe("rules", () => {
    for (const side of ["blue", "green"] as const) {
      it(`send production to the active colour and tests to the idle one, on ${side}`, () => {
        const active = { [`users-blue-at-${side}.arn`]: 100, [`users-green-at-${side}.arn`]: 0 };
        const idle = { [`users-blue-at-${side}.arn`]: 0, [`users-green-at-${side}.arn`]: 100 };
        expect(shares(worlds.second.routed, `users-production-at-${side}`)).to.deep.equal(active);
        expect(shares(worlds.second.routed, `users-test-at-${side}`)).to.deep.equal(idle);
        expect(shares(worlds.flipped.routed, `users-production-at-${side}`)).to.deep.equal(idle);
        expect(shares(worlds.flipped.routed, `users-test-at-${side}`)).to.deep.equal(active);
      });

      it(`send both names to its own colour with cutover: dns, on ${side}`, () => {
        for (const use of ["production", "test"]) {
          expect(shares(worlds.second.dns, `users-${use}-at-${side}`)).to.deep.equal({
            [`users-${side}-at-${side}.arn`]: 100,
          });
        }
      });
    }

    it("answer production with 503 until a release is active, and still forward tests to its colour", () => {
      for (const side of ["blue", "green"]) {
        expect(inputs(worlds.warm.routed, `users-production-at-${side}`, RULE).actions).to.deep.equal([
          {
            type: "fixed-response",
            fixedResponse: {
              statusCode: "503",
              contentType: "text/plain",
              messageBody: "users has no release yet: deploy one.\n",
            },
          },
        ]);
        expect(shares(worlds.start.routed, `users-test-at-${side}`)).to.deep.equal({
          [`users-blue-at-${side}.arn`]: 0,
          [`users-green-at-${side}.arn`]: 100,
        });
      }
    });

    it("serve a colour's first release from its warm-up on with cutover: dns, where only the records change", () => {
      expect(inputs(worlds.start.dns, "users-production-at-green", RULE).actions).to.have.nested.property(
        "[0].fixedResponse.statusCode",
        "503",
      );
      expect(shares(worlds.warm.dns, "users-production-at-green")).to.deep.equal({ "users-green-at-green.arn": 100 });
      expect(inputs(worlds.warm.dns, "users-production-at-blue", RULE).actions).to.have.nested.property(
        "[0].fixedResponse.statusCode",
        "503",
      );
    });

    it("name exact hosts, each with a priority of its own", () => {
      expect(inputs(worlds.warm.routed, "users-production-at-green", RULE)).to.deep.include({
        conditions: [{ hostHeader: { values: ["users.example.jp"] } }],
        listenerArn: "public-green-https.arn",
      });
      const { rulePriorities } = worlds.warm.routed.outputs;
      expect(inputs(worlds.warm.routed, "users-test-at-green", RULE)).to.include({
        priority: rulePriorities["users users-test.example.jp"],
      });
      expect(Object.keys(rulePriorities)).to.deep.equal(["users users-test.example.jp", "users users.example.jp"]);
    });
  });

  it("points production at the active colour's load balancer and the test name at the other", () => {
    const record = (declared: World, use: string) => inputs(declared, `users-${use}-record`, RECORD);
    const alias = (colour: string) => [
      { name: `public-${colour}.elb`, zoneId: "ZONE-OF-ELB", evaluateTargetHealth: false },
    ];
    const common = { zoneId: "ZONE", type: "A" };
    expect(record(worlds.warm.routed, "production")).to.deep.equal({
      ...common,
      name: "users.example.jp",
      aliases: alias("blue"),
    });
    expect(record(worlds.warm.routed, "test")).to.deep.equal({
      ...common,
      name: "users-test.example.jp",
      aliases: alias("green"),
    });
    expect(record(worlds.flipped.routed, "production").aliases).to.deep.equal(alias("green"));
    expect(record(worlds.flipped.routed, "test").aliases).to.deep.equal(alias("blue"));
  });

  it("gives a target group a name that fits, the instances' port and the health check", () => {
    const group = inputs(worlds.start.routed, "users-green-at-blue", TARGET_GROUP);
    expect(group).to.deep.include({
      vpcId: "vpc",
      targetType: "instance",
      protocol: "HTTP",
      port: 8080,
      deregistrationDelay: 30,
      healthCheck: {
        protocol: "HTTP",
        port: "traffic-port",
        path: "/healthz",
        matcher: "200",
        interval: 10,
        timeout: 5,
        healthyThreshold: 2,
        unhealthyThreshold: 2,
      },
      tags: { ...TAGS, colour: "green" },
    });
    expect(group.name).to.match(/^users-gb-[0-9a-f]{6}$/);
  });

  it("gives a service that speaks HTTP/2 or gRPC target groups of that protocol, under names of their own", async () => {
    const names = new Set([inputs(worlds.start.routed, "users-green-at-blue", TARGET_GROUP).name]);
    for (const [protocol, protocolVersion, path, matcher] of [
      ["http2", "HTTP2", "/healthz", "200"],
      ["grpc", "GRPC", "/grpc.health.v1.Health/Check", "0"],
    ] as const) {
      const declared = await declare({
        services: { users: STATES.start },
        settings: { users: { kind: "api", protocol } },
      });
      const group = inputs(declared, "users-green-at-blue", TARGET_GROUP);
      expect(group).to.deep.include({ protocol: "HTTP", protocolVersion });
      expect(group.healthCheck).to.deep.include({ protocol: "HTTP", path, matcher });
      names.add(group.name);
      expect(declared.outputs.services.users).to.include({ protocol, healthCheckPath: path });
    }
    expect(names.size).to.equal(3);
    const plain = inputs(worlds.start.routed, "users-green-at-blue", TARGET_GROUP);
    expect(plain).to.not.have.property("protocolVersion");
    expect(worlds.start.routed.outputs.services.users).to.not.have.property("protocol");
  });

  it("sizes a group by one number, and leaves the wait for its instances to the deploy", () => {
    const group = inputs(worlds.warm.routed, "users-green-instances", GROUP);
    expect(group).to.not.have.property("waitForElbCapacity");
    expect(group).to.deep.include({
      minSize: 2,
      maxSize: 2,
      desiredCapacity: 2,
      waitForCapacityTimeout: "0",
      targetGroupArns: ["users-green-at-blue.arn", "users-green-at-green.arn"],
      vpcZoneIdentifiers: ["private-1", "private-2"],
      healthCheckType: "ELB",
      healthCheckGracePeriod: 900,
      launchTemplate: { id: "users-green-instance-id", version: "$Latest" },
    });
  });

  it("leaves a later instance of a release as long to become healthy as a deploy does, and 600 s at least (A7)", async () => {
    const grace = async (healthyWithinSeconds: number) => {
      const config = { deploy: { healthyWithinSeconds } };
      const declared = await declare({ services: { users: STATES.second }, config });
      return inputs(declared, "users-blue-instances", GROUP).healthCheckGracePeriod;
    };
    expect(await grace(1200)).to.equal(1200);
    expect(await grace(120)).to.equal(600);
    expect(await grace(642.5)).to.equal(643);
  });

  it("keeps an instance that is replaced until another one is ready in its place, also of a service with one (A33)", () => {
    expect(inputs(worlds.warm.routed, "users-green-instances", GROUP)).to.deep.include({
      instanceMaintenancePolicy: { minHealthyPercentage: 100, maxHealthyPercentage: 200 },
      defaultInstanceWarmup: 180,
    });
  });

  it("has the CPU measured by the minute where the number of instances follows it, and pays for no more metrics (A28)", async () => {
    const monitoring = async (size: unknown) => {
      const declared = await declare({ services: { users: STATES.warm }, settings: { users: { kind: "api", size } } });
      return inputs(declared, "users-green-instance", "aws:ec2/launchTemplate:LaunchTemplate").monitoring;
    };
    expect(await monitoring({ min: 2, max: 6 })).to.deep.equal({ enabled: true });
    expect(await monitoring(2)).to.equal(undefined);
  });

  it("waits until a group that goes to 0 has nothing in service", () => {
    const group = inputs(worlds.warm.routed, "users-blue-instances", GROUP);
    expect(group)
      .to.include({ minSize: 0, maxSize: 0, desiredCapacity: 0, waitForCapacityTimeout: "15m" })
      .and.not.have.property("waitForElbCapacity");
  });

  it("runs the release as one task on each instance, on the target groups' port", () => {
    const task = inputs(worlds.warm.routed, "users-green-task", TASK);
    expect(task).to.include({
      family: "aoshingo-prod-users-green",
      networkMode: "bridge",
      cpu: "1536",
      memory: "1536",
      skipDestroy: true,
    });
    expect(task).to.include({ executionRoleArn: "users-execution.arn", taskRoleArn: "users-task.arn" });
    expect(json(task.containerDefinitions)).to.deep.equal([
      {
        name: "users",
        image: V1.image,
        essential: true,
        portMappings: [{ containerPort: 8080, hostPort: 8080, protocol: "tcp" }],
        environment: [
          { name: "AWS_REGION", value: "ap-northeast-1" },
          { name: "PORT", value: "8080" },
          { name: "RELEASE", value: "v1" },
          { name: "SERVICE", value: "users" },
        ],
        readonlyRootFilesystem: true,
        linuxParameters: { initProcessEnabled: true, tmpfs: [{ containerPath: "/tmp", size: 64 }] },
        stopTimeout: 30,
        logConfiguration: {
          logDriver: "awslogs",
          options: {
            "awslogs-group": "/aoshingo/prod/users",
            "awslogs-region": "ap-northeast-1",
            "awslogs-stream-prefix": "green/v1",
            mode: "non-blocking",
            "max-buffer-size": "25m",
          },
        },
      },
    ]);
    expect(inputs(worlds.warm.routed, "users-green-service", ECS_SERVICE)).to.deep.equal({
      cluster: "users-green-cluster.arn",
      taskDefinition: "users-green-task.arn",
      schedulingStrategy: "DAEMON",
      launchType: "EC2",
      deploymentMinimumHealthyPercent: 0,
      deploymentMaximumPercent: 100,
      enableEcsManagedTags: true,
      propagateTags: "SERVICE",
      tags: { ...TAGS, colour: "green" },
    });
  });

  it("boots instances that join their own colour's cluster", () => {
    const template = inputs(worlds.start.routed, "users-blue-instance", "aws:ec2/launchTemplate:LaunchTemplate");
    const userData = Buffer.from(String(template.userData), "base64").toString();
    expect(userData)
      .to.match(/^#!\/bin\/bash\n/)
      .and.contain("\nECS_CLUSTER=aoshingo-prod-users-blue\n");
    expect(inputs(worlds.start.routed, "users-blue-cluster", "aws:ecs/cluster:Cluster").name).to.equal(
      "aoshingo-prod-users-blue",
    );
    expect(template).to.deep.include({
      imageId: "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id",
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      iamInstanceProfile: { arn: "users-instance.arn" },
      vpcSecurityGroupIds: ["users-instances-id"],
    });
  });

  it("lets the agent join only the service's clusters, and create none", () => {
    const { Statement } = json(inputs(worlds.start.routed, "users-agent", ROLE_POLICY).policy);
    const join = Statement.find(({ Action }: { Action: string[] }) => Action.includes("ecs:RegisterContainerInstance"));
    expect(join.Resource).to.deep.equal([
      "arn:aws:ecs:ap-northeast-1:123456789012:cluster/aoshingo-prod-users-blue",
      "arn:aws:ecs:ap-northeast-1:123456789012:cluster/aoshingo-prod-users-green",
    ]);
    expect(JSON.stringify(Statement)).not.to.contain("CreateCluster");
  });

  it("lets only the edge's load balancers connect to the instances", () => {
    const ingress = names(worlds.start.routed, INGRESS)
      .map((name) => inputs(worlds.start.routed, name, INGRESS))
      .filter(({ securityGroupId }) => securityGroupId === "users-instances-id");
    expect(ingress).to.have.length(1);
    expect(ingress[0]).to.include({
      referencedSecurityGroupId: "public-load-balancers-id",
      ipProtocol: "tcp",
      fromPort: 8080,
      toPort: 8080,
    });
  });

  it("serves TLS 1.2 and 1.3, and redirects plain HTTP to HTTPS", () => {
    const type = LISTENER;
    expect(inputs(worlds.start.routed, "public-blue-https", type)).to.include({
      port: 443,
      protocol: "HTTPS",
      sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
      certificateArn: "domain-certificate.arn",
    });
    expect(inputs(worlds.start.routed, "public-blue-http", type).defaultActions).to.deep.equal([
      { type: "redirect", redirect: { port: "443", protocol: "HTTPS", statusCode: "HTTP_301" } },
    ]);
  });

  it("validates the certificate's two names with one record", () => {
    expect(names(worlds.start.routed, RECORD)).to.deep.equal([
      "domain-validation-record",
      "users-production-record",
      "users-test-record",
    ]);
  });

  it("keeps every image: a lifecycle policy does not know what runs (aws-rules K3-K4)", () => {
    expect(inputs(worlds.start.routed, "users-repository", "aws:ecr/repository:Repository")).to.deep.include({
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      forceDelete: false,
    });
    expect(worlds.start.routed.resources.filter(({ type }) => /lifecyclePolicy/.test(type))).to.deep.equal([]);
  });

  it("prints where each service answers and where its images are pushed to, and what is live", () => {
    const { state, ...printed } = worlds.flipped.routed.written;
    expect(printed).to.deep.equal({
      live: { serial: 4, services: { users: STATES.flipped } },
      services: {
        users: {
          url: "https://users.example.jp",
          testUrl: "https://users-test.example.jp",
          repository: {
            url: "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/aoshingo/prod/users",
            name: "aoshingo/prod/users",
          },
        },
      },
    });
    // The CLI prints text that begins with `{` as JSON, one line for each value.
    expect(state).to.match(/^1 {"region":"ap-northeast-1",/);
  });

  it("gives the deploy script every name, address and ARN", () => {
    expect(worlds.flipped.routed.outputs).to.deep.equal({
      live: { serial: 4, services: { users: STATES.flipped } },
      region: "ap-northeast-1",
      immutableSettings: {
        region: "ap-northeast-1",
        domain: "example.jp",
        cidr: "10.0.0.0/16",
        zones: 2,
        cutover: "routed",
      },
      availabilityZones: ["ap-northeast-1a", "ap-northeast-1c"],
      zoneIds: { "example.jp": "ZONE" },
      deletionProtection: true,
      applied: { infrastructure: worlds.flipped.routed.outputs.applied.infrastructure },
      grants: { users: { blue: NOTHING, green: NOTHING } },
      rulePriorities: { "users users-test.example.jp": 45_252, "users users.example.jp": 48_900 },
      deployStore: { bucket: "deploy-store-bucket" },
      edges: {
        public: {
          loadBalancers: {
            blue: { arn: "public-blue.arn", dnsName: "public-blue.elb" },
            green: { arn: "public-green.arn", dnsName: "public-green.elb" },
          },
        },
      },
      services: {
        users: {
          kind: "api",
          exposures: {
            public: {
              url: "https://users.example.jp",
              testUrl: "https://users-test.example.jp",
              zoneId: "ZONE",
              productionRules: { blue: "users-production-at-blue.arn", green: "users-production-at-green.arn" },
            },
          },
          repository: {
            url: "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/aoshingo/prod/users",
            name: "aoshingo/prod/users",
          },
          logGroup: "/aoshingo/prod/users",
          healthCheckPath: "/healthz",
          queue: null,
          colours: {
            blue: {
              cluster: "aoshingo-prod-users-blue",
              ecsService: "users-blue-service",
              taskDefinition: "users-blue-task.arn",
              migrationTaskDefinition: null,
              isDrainedByEcs: true,
              hasFixedSize: false,
              scheduledMinimum: 0,
              healthCheckPath: "/healthz",
              autoScalingGroup: "users-blue-instances",
              targetGroups: [
                {
                  edge: "public",
                  loadBalancer: "blue",
                  loadBalancerArn: "public-blue.arn",
                  arn: "users-blue-at-blue.arn",
                },
                {
                  edge: "public",
                  loadBalancer: "green",
                  loadBalancerArn: "public-green.arn",
                  arn: "users-blue-at-green.arn",
                },
              ],
            },
            green: {
              cluster: "aoshingo-prod-users-green",
              ecsService: "users-green-service",
              taskDefinition: "users-green-task.arn",
              migrationTaskDefinition: null,
              isDrainedByEcs: true,
              hasFixedSize: false,
              scheduledMinimum: 0,
              healthCheckPath: "/healthz",
              autoScalingGroup: "users-green-instances",
              targetGroups: [
                {
                  edge: "public",
                  loadBalancer: "blue",
                  loadBalancerArn: "public-blue.arn",
                  arn: "users-green-at-blue.arn",
                },
                {
                  edge: "public",
                  loadBalancer: "green",
                  loadBalancerArn: "public-green.arn",
                  arn: "users-green-at-green.arn",
                },
              ],
            },
          },
        },
      },
    });
  });
});
