import { expect } from "chai";
import { counts, differences, GROUP, inputs, names, ROLE_POLICY, TASK } from "../declared";
import { declare, STATES, type World } from "../world";

const QUEUE = "aws:sqs/queue:Queue";
const QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy";
const CAPACITY = "aws:ecs/capacityProvider:CapacityProvider";
const LINK = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders";
const json = (text: unknown) => JSON.parse(String(text));

describe("a worker", () => {
  let bare: World;
  let flipped: World;
  let queued: World;
  let api: World;

  before(async () => {
    const settings = {
      mailer: { kind: "worker", queue: { visibilityTimeoutSeconds: 90, maxReceiveCount: 3 }, stopTimeoutSeconds: 60 },
      doodle: { kind: "api", sends: ["mailer"] },
    };
    bare = await declare({ services: { mailer: STATES.warm }, settings: { mailer: { kind: "worker" } } });
    flipped = await declare({ services: { mailer: STATES.flipped }, settings: { mailer: { kind: "worker" } } });
    queued = await declare({ services: { mailer: STATES.flipped, doodle: STATES.flipped }, settings });
    api = await declare({ services: {} });
  });

  it("declares exactly these resources, besides those that all services share", () => {
    const own: Record<string, number> = {};
    for (const [type, count] of Object.entries(counts(bare))) {
      const rest = count - (counts(api)[type] ?? 0);
      if (rest > 0) own[type] = rest;
    }
    expect(own).to.deep.equal({
      [GROUP]: 2,
      "aws:cloudwatch/logGroup:LogGroup": 1,
      "aws:ec2/launchTemplate:LaunchTemplate": 2,
      "aws:ec2/securityGroup:SecurityGroup": 1,
      "aws:ecr/repository:Repository": 1,
      [CAPACITY]: 2,
      "aws:ecs/cluster:Cluster": 2,
      [LINK]: 2,
      "aws:ecs/service:Service": 2,
      [TASK]: 2,
      "aws:iam/instanceProfile:InstanceProfile": 1,
      "aws:iam/role:Role": 3,
      [ROLE_POLICY]: 2,
      "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": 1,
    });
  });

  it("changes nothing on AWS when its active colour changes", () => {
    expect(differences(bare, flipped)).to.deep.equal([]);
  });

  it("has instances whose health only EC2 checks and that ECS drains", () => {
    const group = inputs(bare, "mailer-green-instances", GROUP);
    expect(group).to.deep.include({ healthCheckType: "EC2", targetGroupArns: [], forceDelete: true, minSize: 2 });
    expect(group.tags).to.deep.include({ key: "AmazonECSManaged", value: "true", propagateAtLaunch: true });
    const provider = inputs(bare, "mailer-green-capacity", CAPACITY);
    expect(provider.autoScalingGroupProvider).to.deep.equal({
      autoScalingGroupArn: "mailer-green-instances.arn",
      managedDraining: "ENABLED",
      managedScaling: { status: "DISABLED" },
      managedTerminationProtection: "DISABLED",
    });
    expect(provider.name).to.match(/^worker-mailer-green-[0-9a-f]{6}$/);
    expect(inputs(bare, "mailer-green-link", LINK)).to.deep.equal({
      clusterName: "aoshingo-prod-mailer-green",
      capacityProviders: [provider.name],
      defaultCapacityProviderStrategies: [],
    });
  });

  it("runs tasks without a port", () => {
    const [container] = json(inputs(queued, "mailer-green-task", TASK).containerDefinitions);
    expect(container).not.to.have.property("portMappings");
    expect(container.stopTimeout).to.equal(60);
    expect(container.environment).to.deep.equal([
      { name: "AWS_REGION", value: "ap-northeast-1" },
      { name: "QUEUE_URL", value: "mailer-queue.url" },
      { name: "RELEASE", value: "v1" },
      { name: "SERVICE", value: "mailer" },
    ]);
  });

  it("has a queue and a dead-letter queue if its settings say so", () => {
    expect(names(bare, QUEUE)).to.deep.equal([]);
    expect(names(queued, QUEUE)).to.deep.equal(["mailer-dead-letter-queue", "mailer-queue"]);
    const queue = inputs(queued, "mailer-queue", QUEUE);
    expect(queue).to.include({
      name: "aoshingo-prod-mailer",
      visibilityTimeoutSeconds: 90,
      sqsManagedSseEnabled: true,
    });
    expect(json(queue.redrivePolicy)).to.deep.equal({
      deadLetterTargetArn: "mailer-dead-letter-queue.arn",
      maxReceiveCount: 3,
    });
    expect(inputs(queued, "mailer-dead-letter-queue", QUEUE)).to.include({
      name: "aoshingo-prod-mailer-dead-letter",
      messageRetentionSeconds: 1_209_600,
    });
    for (const name of ["mailer-queue", "mailer-dead-letter-queue"]) {
      const [statement] = json(inputs(queued, `${name}-policy`, QUEUE_POLICY).policy).Statement;
      expect(statement).to.deep.include({
        Effect: "Deny",
        Resource: `${name}.arn`,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      });
    }
  });

  it("may receive jobs, and services that declare it may send them", () => {
    const allowed = (name: string) =>
      json(inputs(queued, name, ROLE_POLICY).policy).Statement.map(
        ({ Action, Resource }: { Action: string[]; Resource: unknown }) => [Action, Resource],
      );
    expect(allowed("mailer-code")).to.deep.equal([
      [
        ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"],
        "mailer-queue.arn",
      ],
    ]);
    expect(allowed("doodle-code")).to.deep.equal([
      [["sqs:SendMessage", "sqs:GetQueueAttributes"], ["mailer-queue.arn"]],
    ]);
  });

  it("tells the deploy script that it is on no edge, and its queue", () => {
    const { kind, exposures, healthCheckPath, queue, colours } = queued.outputs.services.mailer!;
    expect({ kind, exposures, healthCheckPath, queue, targetGroups: colours.green.targetGroups }).to.deep.equal({
      kind: "worker",
      exposures: {},
      healthCheckPath: null,
      queue: { url: "mailer-queue.url", deadLetterUrl: "mailer-dead-letter-queue.url", visibilityTimeoutSeconds: 90 },
      targetGroups: [],
    });
    expect(bare.outputs.services.mailer!.queue).to.equal(null);
  });
});
