import { Credentials } from "./api/credentials";
import { createServices, type Services, type ServicesOptions } from "./create-services";
import { TaskNetwork } from "./data-plane/task-network/task-network";
import { authorityFile } from "./environment";
import { InstanceFaults } from "./faults/instance-faults";
import { retryingFunctions, retryingTypes } from "./faults/retrying-types";
import { instanceMishaps } from "./instance-mishaps";
import { Addresses } from "./kernel/addresses";
import { CloudClock } from "./kernel/clock";
import type { CloudContext } from "./kernel/context";
import type { CloudEvent } from "./kernel/events";
import { Faults } from "./kernel/faults";
import { Random } from "./kernel/random";
import type { ProviderFunction, ResourceType } from "./provider/resource-type";
import type { CloudService, ServiceApi } from "./services/cloud-service";
import type { Iam } from "./services/iam/model/iam";
import { VpcResolver } from "./services/route53/model/vpc-resolver";

/** The account of every rehearsal: AWS's own example number. */
const ACCOUNT_ID = "123456789012";

export interface CloudOptions extends Omit<ServicesOptions, "addresses" | "taskEnvironments"> {
  region: string;
  /** AWS seconds in one real second. */
  speed: number;
  seed: number;
  /** First two numbers of the loopback addresses, such as `127.20`. */
  loopback: string;
  emit(event: CloudEvent): void;
  log(line: string): void;
}

/** AWS on this machine: one account in one region, where everything that the program declares really runs. */
export class Cloud {
  private constructor(
    readonly context: CloudContext & { faults: Faults },
    readonly addresses: Addresses,
    readonly credentials: Credentials,
    readonly services: Services,
    private readonly taskNetwork: TaskNetwork,
    private readonly instanceFaults: InstanceFaults,
  ) {}

  static async create(options: CloudOptions): Promise<Cloud> {
    const { region, speed, seed, emit, log } = options;
    const clock = new CloudClock(speed);
    const faults = new Faults({ clock, emit, log });
    const context = { clock, random: new Random(seed), region, accountId: ACCOUNT_ID, emit, log, faults };
    const addresses = new Addresses(options.loopback);
    const credentials = new Credentials(context);
    const services = await createServices(context, {
      ...options,
      addresses,
      taskEnvironments: { open: (task) => taskNetwork.open(task) },
    });
    const { route53, elb, ec2 } = services;
    const taskNetwork = new TaskNetwork({
      zones: route53.model,
      resolver: new VpcResolver(route53.model, clock),
      nodes: elb.model.nodes,
      network: ec2.model.network,
      insideAddress: addresses.inside,
      portOffset: options.portOffset,
      credentials,
      apiUrl: options.apiUrl,
      region,
      authorityFile: authorityFile(options.directory),
      log,
    });
    const { autoScaling, ecs } = services;
    const mishaps = instanceMishaps(ec2.model.instances, autoScaling.model, ecs.model);
    const instanceFaults = new InstanceFaults(context, faults, mishaps);
    return new Cloud(context, addresses, credentials, services, taskNetwork, instanceFaults);
  }

  get iam(): Iam {
    return this.services.iam.model;
  }

  /** Resource types of the `aws` provider. */
  get types(): ResourceType[] {
    return retryingTypes(
      this.context,
      this.#list.flatMap(({ types = [] }) => types),
    );
  }

  /** Functions of the `aws` provider. */
  get functions(): ProviderFunction[] {
    return retryingFunctions(
      this.context,
      this.#list.flatMap(({ functions = [] }) => functions),
    );
  }

  /** AWS interfaces, by the name that their requests are signed for. */
  get apis(): Record<string, ServiceApi> {
    return Object.assign({}, ...this.#list.map(({ apis }) => apis));
  }

  /** Ends every process, timer and wait. */
  async close(): Promise<void> {
    this.instanceFaults.close();
    this.context.faults.close();
    for (const service of this.#list.toReversed()) await service.close?.();
    await this.taskNetwork.close();
  }

  get #list(): CloudService[] {
    return Object.values(this.services);
  }
}
