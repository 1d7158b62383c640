import { setMaxListeners } from "node:events";
import type { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import type { TargetRegistry } from "../../../kernel/ports";
import { Subscribers } from "../../../kernel/subscribers";
import type { Instance } from "../../ec2/model/instance";
import type { Instances } from "../../ec2/model/instances";
import { Activities, type Activity } from "./activity";
import { Attachments } from "./attachments";
import type { GroupSettings } from "./group-settings";
import { isTerminating, type Member, selectForTermination } from "./member";
import { TerminationHooks } from "./termination-hooks";

/** Delay in AWS seconds before a failed launch is retried; it doubles with each failure (A12). */
const FIRST_RETRY_SECONDS = 15;
const LONGEST_RETRY_SECONDS = 15 * 60;

export interface GroupPorts {
  context: CloudContext;
  instances: Instances;
  targets: TargetRegistry;
}

/**
 * One Auto Scaling group. It keeps the desired number of healthy instances and registers each with all its target
 * groups.
 */
export class Group {
  readonly arn: string;
  readonly createdAtMs = Date.now();
  readonly activities: Activities;
  readonly attachments: Attachments;
  readonly hooks: TerminationHooks;
  settings: GroupSettings;

  readonly #ports: GroupPorts;
  readonly #members = new Map<string, Member>();
  readonly #changes = new Subscribers<void>();
  readonly #closing = new AbortController();
  readonly #unsubscribe: (() => void)[];
  #failures = 0;
  /** The subnets in which launches failed since the last change of the settings; other subnets are preferred. */
  readonly #shortSubnets = new Set<string>();
  /** The instances that are launched while the ones that they replace still serve, which are the values. */
  readonly #replacements = new Map<Member, Member>();
  /** Set while a failed launch waits for its retry. */
  #retry: AbortController | undefined;

  constructor(
    ports: GroupPorts,
    readonly name: string,
    settings: GroupSettings,
  ) {
    const { region, accountId, random } = ports.context;
    this.#ports = ports;
    // Every member in its grace period adds a listener.
    setMaxListeners(0, this.#closing.signal);
    this.settings = { ...settings, targetGroupArns: [] };
    const uuid = random.uuid();
    this.arn = `arn:aws:autoscaling:${region}:${accountId}:autoScalingGroup:${uuid}:autoScalingGroupName/${name}`;
    this.activities = new Activities(ports.context);
    this.attachments = new Attachments(ports.targets);
    this.hooks = new TerminationHooks(ports.context.clock);
    this.#unsubscribe = [
      ports.targets.onHealth((arn) => this.#healthChanged(arn)),
      ports.instances.onState((instance) => this.#instanceChanged(instance)),
    ];
    for (const arn of settings.targetGroupArns) this.attach(arn);
    this.update(settings);
  }

  get members(): Member[] {
    return [...this.#members.values()];
  }

  /** Calls the listener when a member, its health or an activity changed. Returns the unsubscribe function. */
  onChange(listener: () => void): () => void {
    return this.#changes.add(listener);
  }

  /**
   * Applies new settings except the target groups (see attach, detach). A new launch template applies only to
   * instances that are launched later (A13).
   */
  update(settings: GroupSettings): void {
    const before = this.settings;
    this.settings = { ...settings, targetGroupArns: before.targetGroupArns };
    this.#failures = 0;
    this.#replacements.clear();
    this.#shortSubnets.clear();
    this.#retry?.abort();
    this.#retry = undefined;
    this.#reconcile(
      `a user request update of AutoScalingGroup constraints to min: ${settings.minSize}, max: ${settings.maxSize}, desired: ${settings.desiredCapacity} changing the desired capacity from ${this.#counted().length} to ${settings.desiredCapacity}`,
    );
  }

  /** Applies what a scaling policy or a scheduled action has decided, which is a size that the group can have. */
  resize(sizes: Partial<Pick<GroupSettings, "minSize" | "maxSize" | "desiredCapacity">>, cause: string): void {
    this.settings = { ...this.settings, ...sizes };
    this.#reconcile(cause);
  }

  /** Launches an instance for another one, which it terminates as soon as the new one is in service. */
  rebalance(instanceId: string): void {
    const member = this.#members.get(instanceId);
    if (member?.lifecycleState !== "InService") return;
    this.#launchInPlaceOf(member, "an instance was launched to balance the Availability Zones");
    this.#changes.notify();
  }

  /**
   * Terminates an instance because somebody asks for it, and launches another one.
   * @returns the activity, which goes on
   */
  terminate(instanceId: string): Activity {
    const cause = "a user request to terminate it";
    void this.#terminate(this.#members.get(instanceId)!, cause);
    const activity = this.activities.all[0]!;
    this.#reconcile(cause);
    return activity;
  }

  attach(arn: string): void {
    this.attachments.attach(arn, this.#inService());
    this.settings.targetGroupArns = [...this.settings.targetGroupArns, arn];
  }

  /** Detaches a target group. Resolves when the instances have drained. */
  async detach(arn: string): Promise<void> {
    this.settings.targetGroupArns = this.settings.targetGroupArns.filter((attached) => attached !== arn);
    await this.attachments.detach(arn, this.#inService());
  }

  /** Removes the scale-in protection of all instances. */
  removeScaleInProtection(): void {
    for (const member of this.#members.values()) member.protectedFromScaleIn = false;
    this.#reconcile("a user request to remove scale-in protection");
  }

  /** Ends all waits of the group. Its instances keep running. */
  close(): void {
    this.#closing.abort();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }

  #counted(): Member[] {
    return this.members.filter((member) => !isTerminating(member));
  }

  #inService(): Instance[] {
    return this.members.filter((member) => member.lifecycleState === "InService").map(({ instance }) => instance);
  }

  #reconcile(cause: string): void {
    if (this.#closing.signal.aborted) return;
    const counted = this.#counted();
    const missing = this.settings.desiredCapacity + this.#replacements.size - counted.length;
    for (let launched = 0; launched < missing && !this.#retry; launched += 1) this.#launch(cause);
    for (const member of selectForTermination(counted, -missing)) void this.#terminate(member, cause);
    for (const member of this.#unreplaced()) if (!this.#retry) this.#launchInPlaceOf(member, cause);
    this.#changes.notify();
  }

  /** Returns the unhealthy members that stay until others are ready in their place, as far as the policy allows these now (A33). */
  #unreplaced(): Member[] {
    const { desiredCapacity, instanceMaintenancePolicy } = this.settings;
    const counted = this.#counted();
    const most = Math.ceil((desiredCapacity * (instanceMaintenancePolicy?.maxHealthyPercentage ?? 0)) / 100);
    const replaced = new Set(this.#replacements.values());
    return counted
      .filter((member) => member.healthStatus === "Unhealthy" && !replaced.has(member))
      .slice(0, Math.max(0, most - counted.length));
  }

  /** Launches an instance for another one, which is terminated when the new one is ready. */
  #launchInPlaceOf(replaced: Member, cause: string): void {
    const before = new Set(this.#members.keys());
    this.#launch(cause);
    const launched = this.members.find(({ instance }) => !before.has(instance.instanceId));
    if (launched) this.#replacements.set(launched, replaced);
  }

  /** Terminates the member that this one was launched for, if this one is ready (A33). */
  #completeReplacement(member: Member): void {
    const replaced = this.#replacements.get(member);
    if (!replaced || !this.#isReady(member)) return;
    const cause =
      replaced.healthStatus === "Unhealthy"
        ? "an instance was taken out of service in response to a failed health check"
        : "an instance was replaced for balance";
    void this.#terminate(replaced, cause);
    this.#reconcile(cause);
  }

  /** Without a policy an instance is ready when it is in service, with one when it has passed its checks and its warm-up is over. */
  #isReady({ instance, inServiceAtMs }: Member): boolean {
    if (inServiceAtMs === undefined) return false;
    if (!this.settings.instanceMaintenancePolicy) return true;
    // Timers may fire a little early.
    if (Date.now() < inServiceAtMs + this.#warmupMs - 5) return false;
    return this.settings.healthCheckType !== "ELB" || this.attachments.isHealthy(instance.instanceId);
  }

  get #warmupMs(): number {
    return this.#ports.context.clock.realMs(this.settings.defaultInstanceWarmup ?? 0);
  }

  #launch(cause: string): void {
    const activity = this.activities.start(
      "Launching a new EC2 instance.",
      `At ${new Date().toISOString()} ${cause}. An instance was started in response to a difference between desired and actual capacity.`,
    );
    const subnetId = this.#emptiestSubnet();
    try {
      const { id, version } = this.settings.launchTemplate;
      const instance = this.#ports.instances.launch({
        launchTemplateId: id,
        version,
        subnetId,
        autoScalingGroup: this.name,
      });
      activity.description = `Launching a new EC2 instance: ${instance.instanceId}`;
      this.#members.set(instance.instanceId, {
        instance,
        lifecycleState: "Pending",
        healthStatus: "Healthy",
        inServiceAtMs: undefined,
        protectedFromScaleIn: this.settings.protectFromScaleIn,
        launch: activity,
      });
    } catch (error) {
      this.#shortSubnets.add(subnetId);
      this.#launchFailed(activity, error as AwsError);
    }
  }

  #launchFailed(activity: Activity, error: Error): void {
    this.activities.end(activity, "Failed", `${error.message.replace(/\.$/, "")}. Launching EC2 instance failed.`);
    this.#ports.context.log(`Auto Scaling group ${this.name}: ${activity.statusMessage}`);
    const seconds = Math.min(FIRST_RETRY_SECONDS * 2 ** this.#failures, LONGEST_RETRY_SECONDS);
    this.#failures += 1;
    const retry = new AbortController();
    this.#retry = retry;
    this.#ports.context.clock.sleep(seconds, AbortSignal.any([this.#closing.signal, retry.signal])).then(
      () => {
        this.#retry = undefined;
        this.#reconcile("an earlier launch failed");
      },
      () => undefined,
    );
  }

  /**
   * Returns the subnet with the fewest instances. Subnets without a failed launch come first, because Auto Scaling
   * tries another zone after a failure.
   */
  #emptiestSubnet(): string {
    const used = (subnetId: string) => this.#counted().filter(({ instance }) => instance.subnetId === subnetId).length;
    const { subnetIds } = this.settings;
    const others = subnetIds.filter((subnetId) => !this.#shortSubnets.has(subnetId));
    const open = others.length > 0 ? others : subnetIds;
    return open.reduce((best, subnetId) => (used(subnetId) < used(best) ? subnetId : best));
  }

  /** Deregisters an instance from all target groups, drains it, waits for the hooks, then terminates it (A9). */
  async #terminate(member: Member, cause: string): Promise<void> {
    const { instance } = member;
    const { instanceId } = instance;
    member.lifecycleState = "Terminating";
    for (const [launched, replaced] of this.#replacements) {
      if (launched === member || replaced === member) this.#replacements.delete(launched);
    }
    if (member.launch.status === "InProgress") {
      this.activities.end(member.launch, "Cancelled", "The instance was terminated before it was in service.");
    }
    const activity = this.activities.start(
      `Terminating EC2 instance: ${instanceId}`,
      `At ${new Date().toISOString()} ${cause}. Instance ${instanceId} was selected for termination.`,
    );
    activity.status = "WaitingForELBConnectionDraining";
    this.#changes.notify();
    await this.attachments.deregister(instanceId);
    if (!(await this.#waitForHooks(member, activity))) return;
    activity.status = "InProgress";
    await this.#ports.instances.terminate(instanceId);
    if (this.#closing.signal.aborted) return;
    this.activities.end(activity, "Successful");
    this.#members.delete(instanceId);
    this.#reconcile("an instance was terminated");
  }

  /**
   * Waits for the termination hooks, which do not hold an instance that is off. Returns false if the group was closed
   * meanwhile.
   */
  async #waitForHooks(member: Member, activity: Activity): Promise<boolean> {
    const { instanceId, state } = member.instance;
    if (this.hooks.all.length === 0 || state === "shutting-down" || state === "terminated") return true;
    activity.status = "MidLifecycleAction";
    member.lifecycleState = "Terminating:Wait";
    this.#changes.notify();
    try {
      await this.hooks.hold(instanceId, this.#closing.signal);
    } catch {
      return false;
    }
    member.lifecycleState = "Terminating:Proceed";
    this.#changes.notify();
    return true;
  }

  #instanceChanged(instance: Instance): void {
    const member = this.#members.get(instance.instanceId);
    if (!member || isTerminating(member)) return;
    if (instance.state === "running") this.#enterService(member);
    else if (instance.state !== "pending") this.#replace(member, "EC2 instance status checks failure");
  }

  /** Registers an instance, then sets it to InService (A8). */
  #enterService(member: Member): void {
    try {
      this.attachments.register(member.instance);
    } catch (error) {
      this.activities.end(member.launch, "Failed", `${(error as Error).message}. Registering the instance failed.`);
      void this.#terminate(member, "a failed registration with a target group");
      return;
    }
    member.lifecycleState = "InService";
    member.inServiceAtMs = Date.now();
    this.#failures = 0;
    this.activities.end(member.launch, "Successful");
    this.#checkLater(member);
    this.#completeReplacement(member);
    this.#changes.notify();
  }

  get #graceSeconds(): number {
    return this.#ports.context.clock.startLimit(this.settings.healthCheckGracePeriod);
  }

  /** Checks an instance when its grace period is over, and when its warm-up is. */
  #checkLater(member: Member): void {
    const { clock } = this.#ports.context;
    const after = (seconds: number, then: () => void) =>
      clock.sleep(seconds, this.#closing.signal).then(then, () => undefined);
    void after(this.#graceSeconds, () => this.#checkHealth(member));
    const { instanceMaintenancePolicy, defaultInstanceWarmup = 0 } = this.settings;
    if (instanceMaintenancePolicy) void after(defaultInstanceWarmup, () => this.#completeReplacement(member));
  }

  #healthChanged(arn: string): void {
    if (!this.attachments.states.has(arn)) return;
    this.attachments.updateState(arn);
    for (const member of this.members) {
      this.#checkHealth(member);
      this.#completeReplacement(member);
    }
    this.#changes.notify();
  }

  /** Replaces an instance that one attached target group reports as unhealthy, after the grace period (A5-A7). */
  #checkHealth(member: Member): void {
    if (this.settings.healthCheckType !== "ELB" || member.lifecycleState !== "InService") return;
    const graceEndsAtMs = member.inServiceAtMs! + this.#ports.context.clock.realMs(this.#graceSeconds);
    // Timers may fire a little early.
    if (Date.now() < graceEndsAtMs - 5) return;
    const report = this.attachments.unhealthyReport(member.instance.instanceId);
    if (report) this.#replace(member, `ELB system health check failure (${report.reason} in ${report.arn})`);
  }

  /**
   * Replaces an unhealthy instance. With a policy that keeps 100 percent it stays until another one is ready, unless it
   * does not run any more or is itself in the place of another one (A33).
   */
  #replace(member: Member, failure: string): void {
    if (member.healthStatus === "Unhealthy" && member.instance.state === "running") return;
    member.healthStatus = "Unhealthy";
    const cause = `an instance was taken out of service in response to an ${failure}`;
    this.#ports.context.log(`Auto Scaling group ${this.name} replaces ${member.instance.instanceId}: ${failure}`);
    const keepsAll = (this.settings.instanceMaintenancePolicy?.minHealthyPercentage ?? 0) >= 100;
    const stays = keepsAll && member.instance.state === "running" && !this.#replacements.has(member);
    if (!stays) void this.#terminate(member, cause);
    this.#reconcile(cause);
  }
}
