import {
  AutoScalingClient,
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
  DescribeScalingActivitiesCommand,
  type Instance as GroupInstance,
} from "@aws-sdk/client-auto-scaling";
import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { type ContainerInstance, ECSClient, type Task } from "@aws-sdk/client-ecs";
import {
  DescribeRulesCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  type Rule,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { ColourOutputs, JobOutputs, TargetGroupOutputs } from "../../components/live/outputs";
import { MAX_CHECKING_SECONDS } from "../../components/settings/rules/timing";
import { type AwsLimits, CALL_LIMITS } from "../core/aws-limits";
import { batchesOf } from "../core/batches";
import { endedByItself } from "../core/stop-code";
import type {
  ColourObservation,
  FailedActivity,
  FailedTask,
  MetricWindow,
  ObservedAlarm,
  ObservedInstance,
  ObservedRun,
  ObservedSchedule,
  ObservedSecret,
  ObservedTarget,
  ObservedTask,
  Observer,
  TrafficPeriod,
} from "../ports/observer";
import { ClockComparison } from "./clock-comparison";
import { containerInstancesIn, tasksIn } from "./cluster";
import { ownContainers } from "./own-containers";

/** How many reasons to keep: the newest ones say why, older ones may belong to another release. */
const REASONS_KEPT = 5;
/** How many rules one call describes (aws-rules E62). */
const RULES_AT_ONCE = 20;
/** Weight of all requests, in percent. */
const ALL = 100;
/** How many failed tasks to keep: enough for a large colour that fails several times. */
const FAILED_TASKS_KEPT = 100;

/**
 * Reads through AWS's own interfaces. `AWS_ENDPOINT_URL` leads the same code to the rehearsal cloud, which speaks the
 * same protocols: what a rehearsal proves about it holds on AWS.
 */
export class AwsObserver implements Observer {
  readonly #clock = new ClockComparison();
  readonly #ecs: ECSClient;
  readonly #elb: ElasticLoadBalancingV2Client;
  readonly #autoScaling: AutoScalingClient;
  #cloudWatchClient: CloudWatchClient | undefined;
  readonly #config: { region: string } & AwsLimits;

  constructor(region: string, limits: AwsLimits = CALL_LIMITS) {
    const config = { region, ...limits };
    this.#config = config;
    this.#ecs = this.#clock.with(new ECSClient(config));
    this.#elb = this.#clock.with(new ElasticLoadBalancingV2Client(config));
    this.#autoScaling = new AutoScalingClient(config);
  }

  clockAheadMs(): number | null {
    return this.#clock.aheadMs();
  }

  async caller(): Promise<string> {
    const { AwsAccount } = require("./account") as typeof import("./account");
    return (await new AwsAccount(this.#config.region).caller()).arn;
  }

  async image(
    repositoryName: string,
    reference: { tag: string } | { digest: string },
    registry?: { registryId: string; region: string },
  ): Promise<{ digest: string } | null> {
    const { image } = require("./images") as typeof import("./images");
    return image(this.#config, repositoryName, reference, registry);
  }

  async colour(colour: ColourOutputs): Promise<ColourObservation> {
    if (colour.autoScalingGroup === "") return this.#jobColour(colour);
    const [targets, running, stopped, hosts, group, failedActivities] = await Promise.all([
      this.#targets(colour.targetGroups.map(({ arn }) => arn)),
      this.#tasks(colour.cluster, "RUNNING"),
      this.#tasks(colour.cluster, "STOPPED"),
      containerInstancesIn(this.#ecs, colour.cluster),
      this.#group(colour.autoScalingGroup),
      this.#failedActivities(colour.autoScalingGroup),
    ]);
    const members = group?.Instances ?? [];
    const instanceIds = new Map(hosts.map((host) => [host.containerInstanceArn, host.ec2InstanceId]));
    return {
      targets,
      tasks: [...running, ...stopped.filter((task) => task.lastStatus !== "STOPPED")].map((task) =>
        observedTask(task, instanceIds.get(task.containerInstanceArn) ?? ""),
      ),
      instances: members.map((member) => observedInstance(member, hosts, [...running, ...stopped])),
      joinedInstances: hosts.filter(({ agentConnected }) => agentConnected).length,
      // While one is replaced there is one more: it stays until the new one is ready (aws-rules A33).
      inService: Math.min(
        members.filter(({ LifecycleState }) => LifecycleState === "InService").length,
        group?.DesiredCapacity ?? 0,
      ),
      minimum: group?.MinSize ?? 0,
      failedActivities,
      failedTasks: ofNewestRevision(running, stopped).filter(endedByItself).slice(0, FAILED_TASKS_KEPT).map(failureOf),
    };
  }

  async secrets(references: readonly string[]): Promise<Map<string, ObservedSecret>> {
    if (references.length === 0) return new Map();
    const { observedSecrets } = require("./secrets") as typeof import("./secrets");
    return observedSecrets(references, this.#config);
  }

  async alarms(names: readonly string[]): Promise<ObservedAlarm[]> {
    if (names.length === 0) return [];
    const { alarms } = require("./alarms") as typeof import("./alarms");
    return alarms(this.#cloudWatch, names);
  }

  async traffic(targetGroups: readonly TargetGroupOutputs[], window: MetricWindow): Promise<TrafficPeriod[]> {
    const { traffic } = require("./traffic") as typeof import("./traffic");
    return traffic(this.#cloudWatch, targetGroups, window);
  }

  async aliases(zoneId: string, names: readonly string[]): Promise<Record<string, string | null>> {
    const { Route53Client } = require("@aws-sdk/client-route-53") as typeof import("@aws-sdk/client-route-53");
    const { aliases } = require("./aliases") as typeof import("./aliases");
    return aliases(new Route53Client(this.#config), zoneId, names);
  }

  async weights(rules: readonly string[]): Promise<Map<string, Map<string, number>>> {
    const found = await Promise.all(
      batchesOf(rules, RULES_AT_ONCE).map((RuleArns) => this.#elb.send(new DescribeRulesCommand({ RuleArns }))),
    );
    return new Map(found.flatMap(({ Rules = [] }) => Rules.map((rule) => [rule.RuleArn!, weightsOf(rule)])));
  }

  async schedule(job: Pick<JobOutputs, "schedule" | "scheduleGroup">): Promise<ObservedSchedule | null> {
    const { schedule } = require("./jobs") as typeof import("./jobs");
    return schedule(this.#config, job);
  }

  async runs(cluster: string): Promise<ObservedRun[]> {
    const { runs } = require("./jobs") as typeof import("./jobs");
    return runs(this.#ecs, cluster);
  }

  async taskImage(taskDefinition: string): Promise<string | null> {
    const { taskImage } = require("./jobs") as typeof import("./jobs");
    return taskImage(this.#ecs, taskDefinition);
  }

  /** A job has no instances and no targets. */
  async #jobColour({ cluster }: ColourOutputs): Promise<ColourObservation> {
    const { jobTasks } = require("./jobs") as typeof import("./jobs");
    const running = await jobTasks(this.#ecs, cluster, "RUNNING");
    const nothing = { targets: [], instances: [], inService: 0, minimum: 0, joinedInstances: 0 };
    return { ...nothing, failedActivities: [], failedTasks: [], tasks: running.map((task) => observedTask(task, "")) };
  }

  /** Created, and its code loaded, when it is first used: most deploys begin without it. */
  get #cloudWatch(): CloudWatchClient {
    const { CloudWatchClient } = require("@aws-sdk/client-cloudwatch") as typeof import("@aws-sdk/client-cloudwatch");
    this.#cloudWatchClient ??= new CloudWatchClient(this.#config);
    return this.#cloudWatchClient;
  }

  async #targets(targetGroups: string[]): Promise<ObservedTarget[]> {
    const groups = await Promise.all(
      targetGroups.map(async (targetGroup) => {
        const health = await this.#elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: targetGroup }));
        return (health.TargetHealthDescriptions ?? []).map((target) => ({
          targetGroup,
          instanceId: target.Target?.Id ?? "",
          state: target.TargetHealth?.State ?? "",
          reason: [target.TargetHealth?.Reason, target.TargetHealth?.Description].filter(Boolean).join(": "),
        }));
      }),
    );
    return groups.flat();
  }

  async #tasks(cluster: string, desiredStatus: "RUNNING" | "STOPPED"): Promise<Task[]> {
    return (await tasksIn(this.#ecs, cluster, desiredStatus)).filter(isOfService);
  }

  async #group(autoScalingGroup: string): Promise<AutoScalingGroup | undefined> {
    const { AutoScalingGroups } = await this.#autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [autoScalingGroup] }),
    );
    return AutoScalingGroups?.[0];
  }

  async #failedActivities(autoScalingGroup: string): Promise<FailedActivity[]> {
    const { Activities } = await this.#autoScaling.send(
      new DescribeScalingActivitiesCommand({ AutoScalingGroupName: autoScalingGroup, MaxRecords: 10 }),
    );
    return (Activities ?? [])
      .filter((activity) => activity.StatusCode === "Failed")
      .slice(0, REASONS_KEPT)
      .map(({ StatusMessage, Description, StartTime }) => ({
        reason: StatusMessage ?? Description ?? "no reason given",
        startedMs: StartTime!.getTime(),
      }));
  }
}

/** A rule that forwards to one target group alone has no weights. */
function weightsOf({ Actions = [] }: Rule): Map<string, number> {
  const groups = Actions[0]?.ForwardConfig?.TargetGroups ?? [];
  if (groups.length === 1) return new Map([[groups[0]!.TargetGroupArn!, ALL]]);
  return new Map(groups.map(({ TargetGroupArn, Weight = 0 }) => [TargetGroupArn!, Weight]));
}

function observedInstance(
  { InstanceId = "", LifecycleState }: GroupInstance,
  hosts: ContainerInstance[],
  tasks: Task[],
): ObservedInstance {
  const host = hosts.find(({ ec2InstanceId }) => ec2InstanceId === InstanceId);
  const agent = host ? (host.agentConnected ? "connected" : "disconnected") : "none";
  const isLeaving = LifecycleState?.startsWith("Terminat") ?? false;
  const own = host
    ? tasks.filter(({ containerInstanceArn }) => containerInstanceArn === host.containerInstanceArn)
    : [];
  return {
    ...{ id: InstanceId, state: LifecycleState ?? "", agent },
    ...(!isLeaving && own.every(hasJustStarted) ? { isStarting: true } : {}),
  };
}

/** Returns false for a task that has ended, because what comes after it on the same instance is no first start. */
function hasJustStarted({ lastStatus, startedAt }: Task): boolean {
  return lastStatus !== "STOPPED" && (!startedAt || Date.now() - startedAt.getTime() < MAX_CHECKING_SECONDS * 1000);
}

function observedTask(task: Task, instanceId: string): ObservedTask {
  return {
    id: task.taskArn ?? "",
    instanceId,
    status: statusOf(task),
    digests: Object.fromEntries(ownContainers(task).map(({ name = "", imageDigest = "" }) => [name, imageDigest])),
    taskDefinition: task.taskDefinitionArn ?? "",
    ...(task.startedAt ? { startedMs: task.startedAt.getTime() } : {}),
    ...(task.enableExecuteCommand ? { exec: execAgents(task) } : {}),
  };
}

function execAgents({ containers = [] }: Task): Record<string, string> {
  return Object.fromEntries(
    containers.flatMap(({ name = "", managedAgents = [] }) =>
      managedAgents
        .filter((agent) => agent.name === "ExecuteCommandAgent")
        .map(({ lastStatus = "" }) => [name, lastStatus]),
    ),
  );
}

/**
 * ECS reports a task that is to stop as RUNNING until its container has ended on SIGTERM, but it is already stopping.
 */
function statusOf({ lastStatus, desiredStatus }: Task): string {
  return desiredStatus === "STOPPED" && lastStatus === "RUNNING" ? "STOPPING" : (lastStatus ?? "");
}

/** ECS gives a standalone task, such as a migration, the group `family:...`. */
function isOfService({ group }: Task): boolean {
  return group === undefined || group.startsWith("service:");
}

/**
 * Returns the stopped tasks of the newest revision, newest first. Stopped tasks stay listed for an hour, and those of
 * an earlier release do not matter.
 */
function ofNewestRevision(running: Task[], stopped: Task[]): Task[] {
  const newest = [...running, ...stopped].sort(newestFirst)[0];
  return stopped.filter((task) => task.taskDefinitionArn === newest?.taskDefinitionArn).sort(newestFirst);
}

function newestFirst(one: Task, two: Task): number {
  return (two.createdAt?.getTime() ?? 0) - (one.createdAt?.getTime() ?? 0);
}

function failureOf({ taskArn = "", containers = [], stoppedReason = "no reason given" }: Task): FailedTask {
  const exits = containers.flatMap(({ name, exitCode }) => (exitCode === undefined ? [] : [{ name, exitCode }]));
  // A container that ended well does not say why the task stopped. A task with one container tells its code in any case.
  const told = containers.length === 1 ? exits : exits.filter(({ exitCode }) => exitCode !== 0);
  const codes = told.map(({ name, exitCode }) => `${containers.length === 1 ? "" : `${name}: `}exit code ${exitCode}`);
  return { id: taskArn, reason: `${stoppedReason}${codes.length === 0 ? "" : ` (${codes.join(", ")})`}` };
}
