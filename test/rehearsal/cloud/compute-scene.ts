import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AwsError } from "../../../rehearsal/cloud/kernel/aws-error";
import { CloudClock } from "../../../rehearsal/cloud/kernel/clock";
import type { CloudEvent } from "../../../rehearsal/cloud/kernel/events";
import { Faults } from "../../../rehearsal/cloud/kernel/faults";
import type { Image, Images, Logs, Reachability, TaskEnvironments } from "../../../rehearsal/cloud/kernel/ports";
import type { Surroundings } from "../../../rehearsal/cloud/processes/surroundings";
import type { ResourceType } from "../../../rehearsal/cloud/provider/resource-type";
import { createAutoScaling } from "../../../rehearsal/cloud/services/autoscaling";
import type { AutoScaling } from "../../../rehearsal/cloud/services/autoscaling/model/auto-scaling";
import type { GroupSettings } from "../../../rehearsal/cloud/services/autoscaling/model/group-settings";
import type { CloudService, ServiceApi } from "../../../rehearsal/cloud/services/cloud-service";
import {
  type InstanceNetwork,
  type InstancePermissions,
  Instances,
} from "../../../rehearsal/cloud/services/ec2/model/instances";
import { LaunchTemplates } from "../../../rehearsal/cloud/services/ec2/model/launch-templates";
import { launchTemplateType } from "../../../rehearsal/cloud/services/ec2/provider/launch-template";
import { createEcs } from "../../../rehearsal/cloud/services/ecs";
import type { DaemonService } from "../../../rehearsal/cloud/services/ecs/model/daemon-service";
import type { Ecs } from "../../../rehearsal/cloud/services/ecs/model/ecs";
import type { TaskDefinitionRequest } from "../../../rehearsal/cloud/services/ecs/model/task-definitions";
import { eventually } from "../../eventually";
import { FakeTargets } from "./fake-targets";
import { silentCloud } from "./silent-cloud";

const REGISTRY = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com";
export const IMAGE = `${REGISTRY}/users@sha256:${"a".repeat(64)}`;
export const NEXT_IMAGE = `${REGISTRY}/users@sha256:${"b".repeat(64)}`;
/** Where tasks with networks of their own find the API. */
export const API_PORT = 40_000;
const ELB = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012";
/** Of all target groups. */
const LOAD_BALANCER = `${ELB}:loadbalancer/app/public-blue/0123456789abcdef`;
export const TARGET_GROUP = `${ELB}:targetgroup/users-bb/fedcba9876543210`;
/** What Auto Scaling calls this target group. */
export const RESOURCE_LABEL = "app/public-blue/0123456789abcdef/targetgroup/users-bb/fedcba9876543210";
const SERVER = `
  const server = require("node:http").createServer((request, response) => response.end(process.env.RELEASE));
  server.listen(Number(process.env.PORT), process.env.HOST, () => console.log("listening", process.env.RELEASE));
  process.on("SIGTERM", () => { console.log("bye"); process.exit(0); });
`;

/** A clock whose limits for the start of containers are over when the test says so: a start takes as long as the machine needs. */
class UnlimitedStarts extends CloudClock {
  readonly #over = new AbortController();

  override startLimit(): number {
    return Number.POSITIVE_INFINITY;
  }

  override async sleep(awsSeconds: number, signal?: AbortSignal): Promise<void> {
    if (awsSeconds !== Number.POSITIVE_INFINITY) return super.sleep(awsSeconds, signal);
    const ends = AbortSignal.any([this.#over.signal, ...(signal ? [signal] : [])]);
    if (!ends.aborted) await once(ends, "abort");
    signal?.throwIfAborted();
  }

  endLimits(): void {
    this.#over.abort();
  }
}

export interface SceneOptions {
  /** AWS seconds in one real second. */
  speed?: number;
  /** Limits for the start of containers are over with `endLimits`. Default: in their time. */
  unlimitedStarts?: boolean;
  bootSeconds?: number;
  taskEnvironments?: TaskEnvironments;
  /** Called when an Auto Scaling group is created. */
  onFirstUse?: () => void;
  hasServiceLinkedRole?: () => boolean;
  vcpuLimit?: () => number;
  freePlan?: boolean;
  /** Default: processes as they are. */
  surroundings?: Surroundings;
}

/**
 * Instances, Auto Scaling and ECS, with everything that they ask of other services as plain fields, so that a test breaks one thing at a time.
 */
export class Scene {
  readonly directory = mkdtempSync(join(tmpdir(), "aoshingo-compute-"));
  readonly events: CloudEvent[] = [];
  readonly context;
  readonly targets = new FakeTargets(["blue", "green", TARGET_GROUP]);
  /** Requests of a minute, by the label of the target group. */
  readonly requests = new Map<string, number>();
  readonly interfaces = new Map<string, string>();
  readonly written: string[] = [];
  readonly images = new Map<string, Image>();
  readonly logGroups = new Set(["users"]);
  /** Service without a route, such as `ecs`, and why. */
  readonly noRoute = new Map<string, string>();
  /** Actions that no role may do. */
  readonly denied = new Set<string>();
  /** Service principals that no role trusts. */
  readonly untrusted = new Set<string>();
  readonly hiddenProfiles = new Set<string>();
  /** By ARN. */
  readonly secrets = new Map<string, string>();
  readonly compute: { launchTemplates: LaunchTemplates; instances: Instances; autoScaling: AutoScaling; ecs: Ecs };
  readonly types: ResourceType[];
  /** The interfaces of Auto Scaling and ECS. */
  readonly apis: Record<string, ServiceApi>;
  readonly #services: CloudService[];

  readonly #starts: UnlimitedStarts;

  constructor({ speed = 400, unlimitedStarts = false, ...rest }: SceneOptions = {}) {
    const silent = silentCloud(speed);
    this.#starts = new UnlimitedStarts(speed);
    const clock = unlimitedStarts ? this.#starts : silent.clock;
    const quiet = { ...silent, clock, emit: (event: CloudEvent) => void this.events.push(event) };
    this.context = { ...quiet, faults: new Faults(quiet) };
    this.addImage(IMAGE, [process.execPath, "-e", SERVER]);
    this.addImage(NEXT_IMAGE, [process.execPath, "-e", SERVER]);
    const { context, targets } = this;
    const network = this.#network();
    const permissions = this.#permissions();
    const launchTemplates = new LaunchTemplates(context);
    const instances = new Instances(context, { ...rest, network, permissions, launchTemplates });
    const autoScaling = createAutoScaling({
      ...rest,
      context,
      instances,
      targets,
      launchTemplateId: (name) => launchTemplates.named(name).id,
      processIds: (instanceId) => ecs.model.processIds(instanceId),
      loadBalancerOf: () => LOAD_BALANCER,
      requestCount: ({ LoadBalancer, TargetGroup }) => this.requests.get(`${LoadBalancer}/${TargetGroup}`) ?? 0,
      explain: (instanceId) => ecs.model.explain(instanceId),
    });
    const ecs = createEcs({
      ...rest,
      context,
      reachability: network,
      permissions,
      images: { find: (reference) => this.images.get(reference) } satisfies Images,
      logs: this.#logs(),
      targets,
      secrets: { value: (arn) => this.secrets.get(arn) },
      instances,
      autoScaling: autoScaling.model,
      processDirectory: join(this.directory, "processes"),
      apiEndpoint: () => ({ port: API_PORT, accept: (socket) => socket.end("the API") }),
    });
    this.compute = { launchTemplates, instances, autoScaling: autoScaling.model, ecs: ecs.model };
    this.types = [launchTemplateType(launchTemplates), ...autoScaling.types!, ...ecs.types!];
    this.apis = { ...autoScaling.apis, ...ecs.apis };
    this.#services = [ecs, autoScaling, { model: instances, close: () => instances.close() }];
  }

  addImage(
    reference: string,
    command: string[],
    architecture?: Image["config"]["architecture"],
    entryPoint: string[] = [],
  ): void {
    const { directory } = this;
    const docker = false;
    const environment = { FROM_IMAGE: "yes" };
    const own = { entryPoint, command, workingDirectory: directory, volumes: [] };
    const config = { ...own, directory, environment, architecture, docker };
    this.images.set(reference, { digest: reference.split("@")[1]!, tags: [], repository: "users", config });
  }

  /** A launch template that joins cluster `users`. */
  launchTemplate(overrides: Record<string, unknown> = {}): string {
    return this.compute.launchTemplates.create(`template-${this.context.random.hex(6)}`, {
      imageId: "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id",
      instanceType: "t3.small",
      instanceProfile: "users-instance",
      securityGroupIds: ["sg-users"],
      userData: userData("users"),
      hasDetailedMonitoring: true,
      ...overrides,
    }).id;
  }

  /** Settings of an Auto Scaling group with that many instances in one subnet, and no target group. */
  groupSettings(size: number, changes: Partial<GroupSettings> = {}): GroupSettings {
    return {
      ...{ minSize: size, maxSize: size, desiredCapacity: size },
      launchTemplate: changes.launchTemplate ?? { id: this.launchTemplate(), version: "$Latest" },
      subnetIds: ["subnet-a"],
      targetGroupArns: [],
      healthCheckType: "EC2",
      healthCheckGracePeriod: 0,
      protectFromScaleIn: false,
      tags: [],
      ...changes,
    };
  }

  /** Creates a service as components/service/colour.ts declares it: one task on each instance of the cluster. */
  serve(name: string, task: TaskDefinitionRequest, cluster = "users"): DaemonService {
    const { ecs } = this.compute;
    return ecs.createService(cluster, {
      ...{ name, definition: ecs.taskDefinitions.register(task) },
      ...{ desiredCount: undefined, minimumHealthyPercent: 0, maximumPercent: 100, tags: {} },
    });
  }

  /** Creates cluster `users` and waits until its one instance has joined it. */
  async startInstance(): Promise<void> {
    const { ecs, instances } = this.compute;
    ecs.createCluster("users");
    instances.launch({
      launchTemplateId: this.launchTemplate(),
      version: "$Latest",
      subnetId: "subnet-a",
      autoScalingGroup: "users-blue",
    });
    await this.until("an instance", () => ecs.cluster("users").instances.size === 1);
  }

  /** Sees the state that it waits for, or fails with what the cloud logged. */
  until(what: string, holds: () => unknown): Promise<void> {
    return eventually(what, holds, () => this.context.lines.join("\n"));
  }

  /** Lets the time of all limits with `unlimitedStarts` be over. */
  endLimits(): void {
    this.#starts.endLimits();
  }

  /** Ends every process and wait, as a cloud that closes. */
  stop(): void {
    for (const service of this.#services) void service.close?.();
  }

  close(): void {
    this.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  #network(): Reachability & InstanceNetwork {
    let count = 0;
    return {
      allows: () => true,
      internetRoute: () => "nat-gateway",
      reachesService: (_subnet, _groups, service) => {
        const reason = this.noRoute.get(service);
        return reason ? { ok: false, reason } : { ok: true };
      },
      subnet: (id) => {
        if (!id.startsWith("subnet-")) {
          throw new AwsError("InvalidSubnetID.NotFound", `The subnet ID '${id}' does not exist`);
        }
        return { id, vpcId: "vpc-1", availabilityZone: `ap-northeast-1${id.at(-1)}`, cidrBlock: "10.0.0.0/24" };
      },
      attachInterface: ({ description }) => {
        count += 1;
        this.interfaces.set(`eni-${count}`, description);
        return { id: `eni-${count}`, privateIp: `10.0.0.${count + 3}` };
      },
      detachInterface: (id) => void this.interfaces.delete(id),
    };
  }

  #permissions(): InstancePermissions {
    return {
      allows: (_role, action) => !this.denied.has(action),
      trusts: (_role, principal) => !this.untrusted.has(principal),
      roleOfProfile: (profile) => (profile === "users-instance" ? "users-instance" : undefined),
      roleNameOfArn: (arn) => (arn.includes("missing") ? undefined : arn.split("/").at(-1)),
      profileIsVisible: (profile) => profile === "users-instance" && !this.hiddenProfiles.has(profile),
    };
  }

  #logs(): Logs {
    return {
      exists: (group) => this.logGroups.has(group),
      append: (group, stream, line) => void this.written.push(`${group} ${stream}: ${line}`),
      fileOf: (group, stream) => join(this.directory, "logs", group, `${stream}.log`),
    };
  }
}

/** As components/service/colour.ts writes it, in base64. */
export function userData(cluster: string): string {
  return Buffer.from(
    `#!/bin/bash\ncat >> /etc/ecs/ecs.config <<'EOF'\nECS_CLUSTER=${cluster}\nECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE=true\nEOF\n`,
  ).toString("base64");
}
