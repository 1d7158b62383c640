import { setImmediate as turn } from "node:timers/promises";
import { expect } from "chai";
import { NotReadyError } from "../../../../../rehearsal/cloud/kernel/aws-error";
import { diff } from "../../../../../rehearsal/cloud/provider/diff";
import type { Properties } from "../../../../../rehearsal/cloud/provider/wire";
import { getCluster } from "../../../../../rehearsal/cloud/services/ecs/provider/get-cluster";
import { failureOf } from "../../../../failure-of";
import { IMAGE, NEXT_IMAGE, Scene, userData } from "../../compute-scene";
import { REFUSED } from "../../fake-targets";
import { Resource } from "../../provider/resource";
import { taskRequest, workerRequest } from "./model/task-request";

const LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const GROUP = "aws:autoscaling/group:Group";
const CLUSTER = "aws:ecs/cluster:Cluster";
const TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition";
const SERVICE = "aws:ecs/service:Service";
const CAPACITY_PROVIDER = "aws:ecs/capacityProvider:CapacityProvider";
const LINK = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders";
const POLICY = "aws:autoscaling/policy:Policy";
const HEALTHY = { state: "healthy", reason: "", description: "" };

/** The arguments of components/service/colour.ts. */
const clusterArgs = { name: "users", tags: { colour: "blue" } };
const launchTemplateArgs = {
  imageId: "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id",
  instanceType: "t3.small",
  iamInstanceProfile: { arn: "users-instance" },
  vpcSecurityGroupIds: ["sg-users"],
  userData: userData("users"),
  metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
  blockDeviceMappings: [
    {
      deviceName: "/dev/xvda",
      ebs: { volumeType: "gp3", volumeSize: 30, encrypted: "true", deleteOnTermination: "true" },
    },
  ],
  tagSpecifications: [
    { resourceType: "instance", tags: { Name: "users" } },
    { resourceType: "volume", tags: { Name: "users" } },
  ],
  updateDefaultVersion: true,
  tags: { colour: "blue" },
};
const taskDefinitionArgs = (image = IMAGE, release = "1") => ({
  family: "users",
  networkMode: "bridge",
  requiresCompatibilities: ["EC2"],
  cpu: "1536",
  memory: "1536",
  executionRoleArn: "arn:aws:iam::123456789012:role/users-execution",
  taskRoleArn: "arn:aws:iam::123456789012:role/users-task",
  containerDefinitions: taskRequest({ image, release }).containerDefinitions,
  skipDestroy: true,
  tags: {},
});
const serviceArgs = (cluster: unknown, taskDefinition: unknown) => ({
  cluster,
  taskDefinition,
  schedulingStrategy: "DAEMON",
  launchType: "EC2",
  deploymentMinimumHealthyPercent: 0,
  deploymentMaximumPercent: 100,
  enableEcsManagedTags: true,
  propagateTags: "SERVICE",
  tags: {},
});
const groupArgs = (launchTemplate: string, size: number, overrides: Properties = {}) => ({
  minSize: size,
  maxSize: size,
  desiredCapacity: size,
  vpcZoneIdentifiers: ["subnet-a", "subnet-c"],
  launchTemplate: { id: launchTemplate, version: "$Latest" },
  targetGroupArns: ["blue", "green"],
  healthCheckType: "ELB",
  healthCheckGracePeriod: 600,
  waitForCapacityTimeout: "15m",
  ...(size > 0 ? { waitForElbCapacity: size } : {}),
  tags: [{ key: "colour", value: "blue", propagateAtLaunch: false }],
  ...overrides,
});

const WORKER = [
  process.execPath,
  "-e",
  'process.on("SIGTERM", () => process.exit(0)); setInterval(() => {}, 1000); console.log("working");',
];
/** A worker's group: no target groups, so nothing but instances to wait for. */
const workerGroupArgs = (launchTemplate: string, size: number, overrides: Properties = {}) =>
  groupArgs(launchTemplate, size, {
    targetGroupArns: undefined,
    healthCheckType: "EC2",
    waitForElbCapacity: undefined,
    forceDelete: true,
    tags: [{ key: "AmazonECSManaged", value: "", propagateAtLaunch: true }],
    ...overrides,
  });
const capacityProviderArgs = (autoScalingGroupArn: unknown) => ({
  name: "mailer-blue",
  autoScalingGroupProvider: {
    autoScalingGroupArn,
    managedDraining: "ENABLED",
    managedScaling: { status: "DISABLED" },
    managedTerminationProtection: "DISABLED",
  },
  tags: {},
});
const policyArgs = (autoscalingGroupName: string, targetValue = 60) => ({
  autoscalingGroupName,
  policyType: "TargetTrackingScaling",
  targetTrackingConfiguration: {
    predefinedMetricSpecification: { predefinedMetricType: "ASGAverageCPUUtilization" },
    targetValue,
  },
});

describe("rehearsal/cloud/services/ecs, with launch templates and Auto Scaling groups", () => {
  let scene: Scene;
  let types: Scene["types"];

  const set = (options: ConstructorParameters<typeof Scene>[0] = { bootSeconds: 4 }) => {
    scene = new Scene({ unlimitedStarts: true, ...options });
    types = scene.types;
  };
  beforeEach(() => set());
  afterEach(() => scene.close());

  const idsOf = (group: Resource) =>
    scene.compute.autoScaling.get(group.id).members.map(({ instance }) => instance.instanceId);

  it("brings a colour up, warms it, retires it, warms it with the next release, and takes it down", async () => {
    const cluster = await Resource.create(types, CLUSTER, clusterArgs);
    const template = await Resource.create(types, LAUNCH_TEMPLATE, launchTemplateArgs);
    const group = await Resource.create(types, GROUP, groupArgs(template.id, 0));
    expect(idsOf(group)).to.deep.equal([]);

    const first = await Resource.create(types, TASK_DEFINITION, taskDefinitionArgs());
    const service = await Resource.create(types, SERVICE, serviceArgs(cluster.outputs.arn, first.outputs.arn));
    expect(service.outputs.name).to.match(/^logical-[0-9a-f]{7}$/);
    await group.update(groupArgs(template.id, 2));
    // The wait ends only when the tasks really serve.
    expect(scene.targets.endpoints.size).to.equal(2);
    expect(scene.targets.health("blue").map(({ state }) => state)).to.deep.equal(["healthy", "healthy"]);

    await group.update(groupArgs(template.id, 0));
    await scene.until("an empty group", () => idsOf(group).length === 0);
    const next = await Resource.create(types, TASK_DEFINITION, taskDefinitionArgs(NEXT_IMAGE, "2"));
    expect(next.outputs.revision).to.equal(2);
    await service.update(serviceArgs(cluster.outputs.arn, next.outputs.arn));
    await first.delete();
    await group.update(groupArgs(template.id, 1));
    const [endpoint] = [...scene.targets.endpoints.values()];
    expect(await (await fetch(`http://127.0.0.1:${endpoint!.port}/`)).text()).to.equal("2");

    for (const resource of [cluster, template, group, next, service])
      expect(await resource.refresh()).not.to.equal(null);
    await group.update(groupArgs(template.id, 0));
    await scene.until("an empty group", () => idsOf(group).length === 0);
    await group.delete();
    await service.delete();
    for (const resource of [template, cluster]) await resource.delete();
    for (const resource of [cluster, template, group, service]) expect(await resource.refresh()).to.equal(null);
    // skipDestroy: revisions stay, to roll back to.
    expect(scene.compute.ecs.taskDefinitions.get("users:1").status).to.equal("ACTIVE");
    expect(scene.interfaces.size).to.equal(0);
  });

  it("gives a second creator the same cluster, with the tags of the first (C53)", async () => {
    const { ecs } = scene.compute;
    const cluster = await Resource.create(types, CLUSTER, clusterArgs);
    const again = await Resource.create(types, CLUSTER, { ...clusterArgs, tags: { colour: "green" } });
    expect(again.id).to.equal(cluster.id);
    const found = () => Promise.resolve(getCluster(ecs).call({ clusterName: "users" }));
    expect(await found()).to.deep.include({ arn: cluster.id, status: "ACTIVE", tags: { colour: "blue" } });
    await again.delete();
    expect((await failureOf(found())).message).to.equal("reading ECS Cluster (users): couldn't find resource");
  });

  it("names what it does not know", () => {
    const [fault] = Resource.problems(types, GROUP, { ...groupArgs("lt-1", 0), warmPool: {} });
    expect(fault).to.match(/^warmPool: aws:autoscaling\/group:Group has no argument "warmPool" in the rehearsal cloud/);
    expect(
      Resource.problems(types, SERVICE, { ...serviceArgs("a", "b"), schedulingStrategy: "REPLICA" })[0],
    ).to.contain("the rehearsal cloud supports only services with the strategy DAEMON");
    expect(
      Resource.problems(types, GROUP, { ...groupArgs("lt-1", 0), launchTemplate: { version: "1" } }),
    ).to.deep.equal(["launchTemplate: wanted one of id and name"]);
    const linked = JSON.stringify([{ name: "users", image: "users", volumesFrom: [] }]);
    const args = { ...taskDefinitionArgs(), containerDefinitions: linked };
    expect(Resource.problems(types, TASK_DEFINITION, args)).to.deep.equal([
      'containerDefinitions: 0: Unrecognized key: "volumesFrom"',
    ]);
  });

  it("replaces what AWS cannot change", async () => {
    const definition = await Resource.create(types, TASK_DEFINITION, taskDefinitionArgs());
    expect(definition.replacedBy(taskDefinitionArgs(NEXT_IMAGE))).to.deep.equal(["containerDefinitions"]);
    const template = await Resource.create(types, LAUNCH_TEMPLATE, launchTemplateArgs);
    expect(template.replacedBy({ ...launchTemplateArgs, instanceType: "t3.medium" })).to.deep.equal([]);
  });

  describe("launch template", () => {
    it("adds a version for a change of it, none for a change of tags", async () => {
      const template = await Resource.create(types, LAUNCH_TEMPLATE, launchTemplateArgs);
      expect(template.outputs).to.include({ latestVersion: 1, defaultVersion: 1 });
      await template.update({ ...launchTemplateArgs, tags: { colour: "green" } });
      expect(template.outputs).to.include({ latestVersion: 1 });
      await template.update({ ...launchTemplateArgs, instanceType: "t3.medium" });
      expect(template.outputs).to.include({ latestVersion: 2, defaultVersion: 2 });
    });
  });

  describe("the provider's wait", () => {
    let template: Resource;
    beforeEach(async () => {
      template = await Resource.create(types, LAUNCH_TEMPLATE, launchTemplateArgs);
    });
    /** Marks every target of a group as it is registered. */
    const sayOnRegister = (arn: string, health: typeof HEALTHY) => {
      scene.targets.onHealth((changed) => {
        const target = scene.targets.health(arn).find(({ state }) => state === "initial");
        if (changed === arn && target) scene.targets.say(arn, target.targetId, health);
      });
    };

    it("is for N, not for N times the groups (A16)", async () => {
      sayOnRegister("blue", HEALTHY);
      sayOnRegister("green", HEALTHY);
      const group = await Resource.create(types, GROUP, groupArgs(template.id, 2));
      expect(idsOf(group)).to.have.lengthOf(2);
    });

    it("runs out when one of two groups does not call it healthy, and says which and why (A16)", async () => {
      sayOnRegister("blue", HEALTHY);
      sayOnRegister("green", REFUSED);
      const args = groupArgs(template.id, 1, { waitForCapacityTimeout: "1m" });
      const failing = failureOf(Resource.create(types, GROUP, args));
      const hasFailed = () =>
        scene.targets.health("green").some(({ targetId, state }) => {
          return state === "unhealthy" && scene.compute.ecs.explain(targetId).length > 0;
        });
      await scene.until("an instance that is not healthy, and joins no cluster", hasFailed);
      scene.endLimits();
      const failure = await failing;
      expect(failure).to.be.instanceOf(NotReadyError);
      const { id } = failure as NotReadyError;
      const [instance] = scene.compute.autoScaling.get(id).members;
      expect(failure.message.split("\n")).to.deep.equal([
        `waiting for Auto Scaling Group (${id}) capacity satisfied: timeout while waiting for state to become 'ok' (last state: 'want at least 1 healthy instance(s) registered to Load Balancer, have 0', timeout: 1m0s)`,
        `  ${instance!.instance.instanceId} is InService; target group green: unhealthy, Target.FailedHealthChecks, Health checks failed; did not join an ECS cluster: cluster users: ClientException: Cluster not found.`,
      ]);
    });

    it("leads to a task's reason", async () => {
      const cluster = await Resource.create(types, CLUSTER, clusterArgs);
      const definition = await Resource.create(types, TASK_DEFINITION, taskDefinitionArgs());
      await Resource.create(types, SERVICE, serviceArgs(cluster.outputs.arn, definition.outputs.arn));
      scene.images.clear();
      const group = await Resource.create(types, GROUP, groupArgs(template.id, 0));
      const warm = groupArgs(template.id, 1, { waitForCapacityTimeout: "1m" });
      const failing = failureOf(group.update(warm));
      const isStopped = () => scene.events.some((event) => event.kind === "task" && event.state === "stopped");
      await scene.until("a task that stopped", isStopped);
      scene.endLimits();
      const failure = await failing;
      expect(failure.message).to.contain("want exactly 1 healthy instance(s) registered to Load Balancer, have 0");
      expect(failure.message).to.contain("task of service logical-");
      expect(failure.message).to.contain("stopped: CannotPullContainerError: ");
    });

    it("stops on a failed scaling activity at once (A12)", async () => {
      scene.context.faults.add({ kind: "launchFailure" });
      const failure = await failureOf(Resource.create(types, GROUP, groupArgs(template.id, 1)));
      // At the limit of its wait it would say how many instances there are.
      expect(failure.message).to.match(
        /capacity satisfied: scaling activity \([0-9a-f-]{36}\): Failed: We currently do not have sufficient .*\. Launching EC2 instance failed\.$/,
      );
    });

    it("lets a profile that is not visible yet be tried again (A12, I7)", async () => {
      sayOnRegister("blue", HEALTHY);
      sayOnRegister("green", HEALTHY);
      scene.hiddenProfiles.add("users-instance");
      const created = Resource.create(types, GROUP, groupArgs(template.id, 1));
      await scene.until("a failed launch", () => scene.context.lines.length > 0);
      scene.hiddenProfiles.clear();
      expect(idsOf(await created)).to.have.lengthOf(1);
    });

    it("is not made with a timeout of 0 (A14)", async () => {
      const group = await Resource.create(types, GROUP, groupArgs(template.id, 1, { waitForCapacityTimeout: "0" }));
      expect(scene.compute.autoScaling.get(group.id).members[0]!.lifecycleState).to.equal("Pending");
    });

    it("is not made for a change of the launch template, nor of the groups (A15)", async () => {
      const without = { waitForElbCapacity: undefined };
      const group = await Resource.create(types, GROUP, groupArgs(template.id, 1, without));
      scene.targets.say("blue", idsOf(group)[0]!, REFUSED);
      await group.update(groupArgs(template.id, 1, { waitForElbCapacity: 1, targetGroupArns: ["blue"] }));
      expect(scene.targets.health("green")).to.deep.equal([]);
    });

    it("is for the instances of a target group that is taken away: they drain first (A4)", async () => {
      const group = await Resource.create(types, GROUP, groupArgs(template.id, 1, { waitForElbCapacity: undefined }));
      let drained = () => {};
      scene.targets.drained = new Promise((resolve) => {
        drained = resolve;
      });
      let isUpdated = false;
      const updated = group.update(groupArgs(template.id, 1, { targetGroupArns: ["blue"] })).then(() => {
        isUpdated = true;
      });
      await turn();
      const { attachments } = scene.compute.autoScaling.get(group.id);
      expect([attachments.states.get("green"), isUpdated]).to.deep.equal(["Removing", false]);
      drained();
      await updated;
      expect([...attachments.states.keys()]).to.deep.equal(["blue"]);
    });

    it("never ends with waitForElbCapacity left at N at size 0 (A17)", async () => {
      const group = await Resource.create(types, GROUP, groupArgs(template.id, 0));
      await group.update(groupArgs(template.id, 1, { waitForElbCapacity: undefined }));
      const failing = failureOf(group.update(groupArgs(template.id, 0, { waitForElbCapacity: 1 })));
      await scene.until("an empty group", () => idsOf(group).length === 0);
      scene.endLimits();
      const failure = await failing;
      expect(failure.message).to.contain("want exactly 1 healthy instance(s) registered to Load Balancer, have 0");
    });

    it("ends at size 0 when nothing is InService, while instances still drain (A18)", async () => {
      const group = await Resource.create(types, GROUP, groupArgs(template.id, 1, { waitForElbCapacity: undefined }));
      let drained = () => {};
      scene.targets.drained = new Promise((resolve) => {
        drained = resolve;
      });
      await group.update(groupArgs(template.id, 0));
      expect(scene.compute.autoScaling.get(group.id).members[0]!.lifecycleState).to.equal("Terminating");
      drained();
      await group.delete();
    });

    it("ends when the engine hangs up", async () => {
      const type = types.find(({ token }) => token === GROUP)!;
      const abort = new AbortController();
      const inputs = { ...groupArgs(template.id, 1), name: "users", ignoreFailedScalingActivities: false };
      const created = type.create(inputs, { urn: "urn", signal: abort.signal });
      abort.abort();
      expect((await failureOf(created)).message).to.contain("the engine hung up");
    });
  });

  it("deletes a group only when it is empty, in the provider's 10 minutes (A19)", async () => {
    const template = await Resource.create(types, LAUNCH_TEMPLATE, launchTemplateArgs);
    const args = groupArgs(template.id, 1, { waitForElbCapacity: undefined, protectFromScaleIn: true });
    const group = await Resource.create(types, GROUP, args);
    scene.targets.drained = new Promise(() => {});
    const failure = await failureOf(group.delete());
    expect(failure.message).to.match(
      /drain: timeout while waiting for state to become '0' \(last state: '1', timeout: 10m0s\)\n {2}i-[0-9a-f]{17} is Terminating$/,
    );
  });

  it("keeps the log group of a cluster's sessions until another logging is given, and a refresh says so (C48)", async () => {
    const override = { logging: "OVERRIDE", logConfiguration: { cloudWatchLogGroupName: "sessions" } };
    const configuration = { executeCommandConfiguration: override };
    const cluster = await Resource.create(types, CLUSTER, { ...clusterArgs, configuration });
    await cluster.update(clusterArgs);
    expect((await cluster.type.read(cluster.id, cluster.outputs))!.configuration).to.deep.equal(configuration);
    expect(scene.compute.ecs.cluster("users").execLogGroup).to.equal("sessions");
    const refreshed = { ...cluster.outputs, ...(await cluster.type.read(cluster.id, cluster.outputs)) };
    expect(diff(cluster.type, refreshed, cluster.inputs, cluster.inputs, []).removed).to.deep.equal(["configuration"]);
    const back = { executeCommandConfiguration: { logging: "DEFAULT" } };
    await cluster.update({ ...clusterArgs, configuration: back });
    expect((await cluster.refresh())!.configuration).to.deep.equal(back);
    expect(scene.compute.ecs.cluster("users").execLogGroup).to.equal(undefined);
    await cluster.delete();
  });

  it("deletes a cluster only when it is empty, and waits for that (C22)", async () => {
    const cluster = await Resource.create(types, CLUSTER, clusterArgs);
    const definition = await Resource.create(types, TASK_DEFINITION, taskDefinitionArgs());
    const service = await Resource.create(types, SERVICE, serviceArgs(cluster.outputs.arn, definition.outputs.arn));
    const deleted = cluster.delete();
    await service.delete();
    await deleted;
    expect(scene.compute.ecs.findCluster("users")).to.equal(undefined);
  });

  it("refuses a service with a capacity provider strategy (C6)", async () => {
    const cluster = await Resource.create(types, CLUSTER, clusterArgs);
    const definition = await Resource.create(types, TASK_DEFINITION, taskDefinitionArgs());
    const failure = await failureOf(
      Resource.create(types, SERVICE, {
        ...serviceArgs(cluster.outputs.arn, definition.outputs.arn),
        capacityProviderStrategies: [{ capacityProvider: "mailer-blue", weight: 1 }],
      }),
    );
    expect(failure.message).to.contain("Specifying a capacity provider strategy is not supported");
  });

  it("waits for a steady service when it is asked to", async () => {
    const cluster = await Resource.create(types, CLUSTER, clusterArgs);
    const definition = await Resource.create(types, TASK_DEFINITION, taskDefinitionArgs());
    const args = { ...serviceArgs(cluster.outputs.arn, definition.outputs.arn), waitForSteadyState: true };
    const service = await Resource.create(types, SERVICE, args);
    expect(scene.compute.ecs.service("users", service.id).isSteady).to.equal(true);
  });

  describe("a worker", () => {
    /** Cluster, linked group at size 0 and a service of one revision. */
    const declare = async () => {
      const cluster = await Resource.create(types, CLUSTER, clusterArgs);
      const template = await Resource.create(types, LAUNCH_TEMPLATE, launchTemplateArgs);
      const { containerDefinitions } = workerRequest({ command: WORKER });
      const args = { ...taskDefinitionArgs(), cpu: undefined, memory: undefined, containerDefinitions };
      const definition = await Resource.create(types, TASK_DEFINITION, args);
      const service = await Resource.create(types, SERVICE, serviceArgs(cluster.outputs.arn, definition.outputs.arn));
      const group = await Resource.create(types, GROUP, workerGroupArgs(template.id, 0));
      const provider = await Resource.create(types, CAPACITY_PROVIDER, capacityProviderArgs(group.outputs.arn));
      const linked = { clusterName: "users", capacityProviders: [provider.inputs.name] };
      const link = await Resource.create(types, LINK, linked);
      return { cluster, template, definition, service, group, provider, link };
    };
    const tasks = () => scene.compute.ecs.cluster("users").tasks;

    it("comes up without load balancers, drains when it goes to 0, and is taken down", async () => {
      const { group, link, provider, service, template, cluster, definition } = await declare();
      const { id } = group;
      await group.update(workerGroupArgs(template.id, 2));
      // The wait ends with instances, not with tasks (A8, C12).
      expect(scene.compute.autoScaling.get(id).members.map(({ lifecycleState }) => lifecycleState)).to.deep.equal([
        "InService",
        "InService",
      ]);
      await scene.until("two working tasks", () => scene.written.length === 2);
      for (const resource of [group, link, provider, service]) expect(await resource.refresh()).not.to.equal(null);

      await group.update(workerGroupArgs(template.id, 0));
      // The wait ended with nothing InService: the instances are still there (A18).
      expect(scene.compute.autoScaling.get(id).members).not.to.deep.equal([]);
      await scene.until("an empty group", () => scene.compute.autoScaling.get(id).members.length === 0);
      expect(tasks().map(({ stopCode, exitCode }) => [stopCode, exitCode])).to.deep.equal(
        Array(2).fill(["ServiceSchedulerInitiated", 0]),
      );

      for (const resource of [link, provider, group, service, definition, template, cluster]) await resource.delete();
      for (const resource of [link, provider, group, service, cluster]) expect(await resource.refresh()).to.equal(null);
      expect(scene.targets.calls).to.deep.equal([]);
    });

    it("shows that a run takes ECS's tag away that the program does not declare (C29)", async () => {
      const { group, template } = await declare();
      await group.update(workerGroupArgs(template.id, 0, { tags: [] }));
      const declared = await group.type.read(group.id, group.outputs);
      expect(declared!.tags).to.deep.equal([]);
    });

    it("is not deleted unforced in 10 minutes when the link went first (A19, C28)", async () => {
      scene.close();
      set({ bootSeconds: 4, speed: 4000 });
      const { group, link, template } = await declare();
      await group.update(workerGroupArgs(template.id, 1, { forceDelete: false }));
      await scene.until("a running task", () => tasks()[0]?.lastStatus === "RUNNING");
      await link.delete();
      expect((await failureOf(group.delete())).message).to.match(
        /drain: timeout while waiting for state to become '0' \(last state: '1', timeout: 10m0s\)\n {2}i-[0-9a-f]{17} is Terminating:Wait$/,
      );
    });

    it("names what the rehearsal does not model", () => {
      const provider = capacityProviderArgs("arn");
      const scaled = { ...provider.autoScalingGroupProvider, managedScaling: { status: "ENABLED" } };
      expect(
        Resource.problems(types, CAPACITY_PROVIDER, { ...provider, autoScalingGroupProvider: scaled })[0],
      ).to.contain("the rehearsal cloud supports only capacity providers without managed scaling");
      const strategy = { defaultCapacityProviderStrategies: [{ capacityProvider: "mailer-blue" }] };
      expect(Resource.problems(types, LINK, { clusterName: "users", ...strategy })[0]).to.contain(
        "the rehearsal cloud supports only clusters with an empty default strategy",
      );
      expect(Resource.problems(types, POLICY, { ...policyArgs("blue"), policyType: "StepScaling" })[0]).to.contain(
        "the rehearsal cloud supports only policies of the type TargetTrackingScaling",
      );
    });
  });

  describe("a scaling policy", () => {
    it("is put on a group, changed in place, and goes (A27)", async () => {
      const template = await Resource.create(types, LAUNCH_TEMPLATE, launchTemplateArgs);
      const group = await Resource.create(types, GROUP, workerGroupArgs(template.id, 0));
      const policy = await Resource.create(types, POLICY, policyArgs(group.id));
      const { arn } = policy.outputs;
      await policy.update(policyArgs(group.id, 40));
      expect(scene.compute.autoScaling.policies.find(group.id, policy.id)).to.include({
        arn,
        targetValue: 40,
        warmupSeconds: 300,
        enabled: true,
      });
      const unlabelled = {
        predefinedMetricSpecification: { predefinedMetricType: "ALBRequestCountPerTarget" },
        targetValue: 9,
      };
      const byRequests = { ...policyArgs(group.id), targetTrackingConfiguration: unlabelled };
      expect((await failureOf(policy.update(byRequests))).message).to.contain("Resource label should be specified");
      expect(policy.replacedBy(policyArgs("other"))).to.deep.equal(["autoscalingGroupName"]);
      await policy.delete();
      expect(await policy.refresh()).to.equal(null);
    });

    it("decides the size: an update that leaves it out, or alone, forces nothing back", async () => {
      const template = await Resource.create(types, LAUNCH_TEMPLATE, launchTemplateArgs);
      const sized = (minSize: number, desiredCapacity?: number) =>
        workerGroupArgs(template.id, 0, { minSize, maxSize: 4, desiredCapacity });
      const group = await Resource.create(types, GROUP, sized(1, 1));
      const live = scene.compute.autoScaling.get(group.id);
      live.resize({ desiredCapacity: 3 }, "a policy");
      await group.update({ ...sized(1, 1), healthCheckGracePeriod: 60 });
      expect(live.settings.desiredCapacity).to.equal(3);
      await group.update({ ...sized(1), healthCheckGracePeriod: 30 });
      expect([live.settings.desiredCapacity, group.outputs.desiredCapacity]).to.deep.equal([3, 3]);
      // What a refresh finds is what the next plain run takes back (A22).
      expect((await group.type.read(group.id, group.outputs))!.desiredCapacity).to.equal(3);
      await group.update(sized(1, 2));
      expect(live.settings.desiredCapacity).to.equal(2);
    });
  });
});
