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
import { chooseToTerminate, isLeaving, type Member } from "./member";
import { TerminationHooks } from "./termination-hooks";

/** A failed launch is tried again, ever more slowly (A12). AWS seconds. */
const FIRST_RETRY_SECONDS = 15;
const LONGEST_RETRY_SECONDS = 15 * 60;

export interface GroupPorts {
  context: CloudContext;
  instances: Instances;
  targets: TargetRegistry;
}

/** One Auto Scaling group: keeps the wanted number of healthy instances, each registered with all its target groups. */
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
  /** Where launches failed since the last change of the settings: the others come first. */
  readonly #shortSubnets = new Set<string>();
  /** Present while a failed launch waits for its next try. */
  #retry: AbortController | undefined;

  constructor(
    ports: GroupPorts,
    readonly name: string,
    settings: GroupSettings,
  ) {
    const { region, accountId, random } = ports.context;
    this.#ports = ports;
    // Every member in its grace period listens to it.
    setMaxListeners(0, this.#closing.signal);
    this.settings = { ...settings, targetGroupArns: [] };
    const uuid = [8, 4, 4, 4, 12].map((digits) => random.hex(digits)).join("-");
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

  /** Called whenever a member, its health or an activity changed. Returns the unsubscribe function. */
  onChange(listener: () => void): () => void {
    return this.#changes.add(listener);
  }

  /** Takes new settings, apart from the target groups (attach, detach); a new launch template reaches only instances launched later (A13). */
  update(settings: GroupSettings): void {
    const before = this.settings;
    this.settings = { ...settings, targetGroupArns: before.targetGroupArns };
    this.#failures = 0;
    this.#shortSubnets.clear();
    this.#retry?.abort();
    this.#retry = undefined;
    this.#reconcile(
      `a user request update of AutoScalingGroup constraints to min: ${settings.minSize}, max: ${settings.maxSize}, desired: ${settings.desiredCapacity} changing the desired capacity from ${this.#counted().length} to ${settings.desiredCapacity}`,
    );
  }

  /** What a scaling policy decides; within minimum and maximum. */
  scaleTo(desiredCapacity: number, cause: string): void {
    this.settings = { ...this.settings, desiredCapacity };
    this.#reconcile(cause);
  }

  attach(arn: string): void {
    this.attachments.attach(arn, this.#inService());
    this.settings.targetGroupArns = [...this.settings.targetGroupArns, arn];
  }

  /** Resolves when the instances have drained from it. */
  async detach(arn: string): Promise<void> {
    this.settings.targetGroupArns = this.settings.targetGroupArns.filter((attached) => attached !== arn);
    await this.attachments.detach(arn, this.#inService());
  }

  liftProtection(): void {
    for (const member of this.#members.values()) member.protectedFromScaleIn = false;
    this.#reconcile("a user request to lift scale-in protection");
  }

  /** Ends every wait of the group; its instances stay as they are. */
  close(): void {
    this.#closing.abort();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }

  #counted(): Member[] {
    return this.members.filter((member) => !isLeaving(member));
  }

  #inService(): Instance[] {
    return this.members.filter((member) => member.lifecycleState === "InService").map(({ instance }) => instance);
  }

  #reconcile(cause: string): void {
    if (this.#closing.signal.aborted) return;
    const counted = this.#counted();
    const missing = this.settings.desiredCapacity - counted.length;
    for (let launched = 0; launched < missing && !this.#retry; launched += 1) this.#launch(cause);
    for (const member of chooseToTerminate(counted, -missing)) void this.#terminate(member, cause);
    this.#changes.notify();
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

  /** One whose zone had capacity, if there is one: Auto Scaling tries another zone where a launch fails. */
  #emptiestSubnet(): string {
    const used = (subnetId: string) => this.#counted().filter(({ instance }) => instance.subnetId === subnetId).length;
    const { subnetIds } = this.settings;
    const others = subnetIds.filter((subnetId) => !this.#shortSubnets.has(subnetId));
    const open = others.length > 0 ? others : subnetIds;
    return open.reduce((best, subnetId) => (used(subnetId) < used(best) ? subnetId : best));
  }

  /** Deregister from all target groups, drain, wait for hooks, then terminate (A9). */
  async #terminate(member: Member, cause: string): Promise<void> {
    const { instance } = member;
    const { instanceId } = instance;
    member.lifecycleState = "Terminating";
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
    if (!(await this.#passHooks(member, activity))) return;
    activity.status = "InProgress";
    await this.#ports.instances.terminate(instanceId);
    if (this.#closing.signal.aborted) return;
    this.activities.end(activity, "Successful");
    this.#members.delete(instanceId);
    this.#reconcile("an instance was terminated");
  }

  /** A machine that is off already is not held. False if the group was closed meanwhile. */
  async #passHooks(member: Member, activity: Activity): Promise<boolean> {
    const { instanceId, state } = member.instance;
    if (this.hooks.all.length === 0 || state === "shutting-down" || state === "terminated") return true;
    activity.status = "MidLifecycleAction";
    member.lifecycleState = "Terminating:Wait";
    this.#changes.notify();
    try {
      await this.hooks.pass(instanceId, this.#closing.signal);
    } catch {
      return false;
    }
    member.lifecycleState = "Terminating:Proceed";
    this.#changes.notify();
    return true;
  }

  #instanceChanged(instance: Instance): void {
    const member = this.#members.get(instance.instanceId);
    if (!member || isLeaving(member)) return;
    if (instance.state === "running") this.#enterService(member);
    else if (instance.state !== "pending") this.#replace(member, "EC2 instance status checks failure");
  }

  /** Registered first, then InService (A8). */
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
    this.#judgeAfterGrace(member);
    this.#changes.notify();
  }

  #judgeAfterGrace(member: Member): void {
    this.#ports.context.clock.sleep(this.settings.healthCheckGracePeriod, this.#closing.signal).then(
      () => this.#judge(member),
      () => undefined,
    );
  }

  #healthChanged(arn: string): void {
    if (!this.attachments.states.has(arn)) return;
    this.attachments.observe(arn);
    for (const member of this.members) this.#judge(member);
    this.#changes.notify();
  }

  /** One bad verdict of any attached group is enough, once grace is over (A5-A7). */
  #judge(member: Member): void {
    if (this.settings.healthCheckType !== "ELB" || member.lifecycleState !== "InService") return;
    const graceEndsAtMs =
      member.inServiceAtMs! + this.#ports.context.clock.realMs(this.settings.healthCheckGracePeriod);
    // Timers may fire a little early.
    if (Date.now() < graceEndsAtMs - 5) return;
    const verdict = this.attachments.verdictAgainst(member.instance.instanceId);
    if (verdict) this.#replace(member, `ELB system health check failure (${verdict.reason} in ${verdict.arn})`);
  }

  #replace(member: Member, failure: string): void {
    member.healthStatus = "Unhealthy";
    const cause = `an instance was taken out of service in response to an ${failure}`;
    this.#ports.context.log(`Auto Scaling group ${this.name} replaces ${member.instance.instanceId}: ${failure}`);
    void this.#terminate(member, cause);
    this.#reconcile(cause);
  }
}
