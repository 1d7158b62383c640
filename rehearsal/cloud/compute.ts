import { join } from "node:path";
import type { CloudContext } from "./kernel/context";
import type { Images, Logs, Reachability, Secrets, TargetRegistry, TaskEnvironments } from "./kernel/ports";
import { ProcessLedger } from "./processes/process-ledger";
import { TaskFolders } from "./processes/task-folders";
import { AutoScaling } from "./services/autoscaling/model/auto-scaling";
import { type InstanceNetwork, type InstancePermissions, Instances } from "./services/ec2/model/instances";
import { LaunchTemplates } from "./services/ec2/model/launch-templates";
import { Ecs } from "./services/ecs/model/ecs";

export interface ComputeOptions {
  context: CloudContext;
  network: InstanceNetwork & Reachability;
  permissions: InstancePermissions;
  images: Images;
  logs: Logs;
  targets: TargetRegistry;
  /** Without it no secret exists. */
  secrets?: Secrets;
  /** Without it a task's process knows nothing of a network or of credentials. */
  taskEnvironments?: TaskEnvironments;
  /** Where the ids of running processes and the folders of tasks are kept; of this cloud alone. */
  processDirectory: string;
  /** AWS seconds for every boot instead of a seeded 25 to 40; 0 is allowed, for benchmarks. */
  bootSeconds?: number;
}

/** What runs in the cloud: machines, the groups that keep them, and ECS on them. Ends what a killed cloud left behind when it is made. */
export class Compute {
  readonly context: CloudContext;
  readonly launchTemplates: LaunchTemplates;
  readonly instances: Instances;
  readonly ecs: Ecs;
  readonly autoScaling: AutoScaling;
  /** The last resort, should this process exit without `close`. */
  readonly #killAll: () => void;
  readonly #folders: TaskFolders;

  constructor(options: ComputeOptions) {
    const { context, network, permissions, targets } = options;
    this.context = context;
    const ledger = new ProcessLedger(options.processDirectory);
    const ended = ledger.endLeftovers();
    if (ended > 0) context.log(`ended ${ended} task(s) that an earlier cloud left behind`);
    this.#folders = new TaskFolders(join(options.processDirectory, "tmp"));
    this.#folders.removeAll();
    this.#killAll = () => {
      ledger.killAll();
      this.#folders.removeAll();
    };
    process.once("exit", this.#killAll);
    this.launchTemplates = new LaunchTemplates(context);
    this.instances = new Instances(context, { ...options, launchTemplates: this.launchTemplates });
    this.autoScaling = new AutoScaling({
      context,
      instances: this.instances,
      targets,
      processIds: (instanceId) => this.ecs.processIds(instanceId),
    });
    this.ecs = new Ecs({
      ...options,
      reachability: network,
      permissions,
      ledger,
      folders: this.#folders,
      instances: this.instances,
      autoScaling: this.autoScaling,
    });
  }

  /** Kills every task's processes and ends every wait. Synchronous, so that it can be called while this process exits. */
  close(): void {
    this.autoScaling.close();
    this.instances.close();
    this.ecs.close();
    this.#folders.removeAll();
    process.off("exit", this.#killAll);
  }
}
