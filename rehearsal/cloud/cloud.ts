import { type Access, Authorisation } from "./api/authorisation";
import { Credentials } from "./api/credentials";
import { operationPermissions, withPermissions } from "./api/permissions/operations";
import { functionPermissions, typePermissions } from "./api/permissions/resource-types";
import { type Assert, authorisedFunctions, authorisedTypes } from "./api/provider-permissions";
import { createServices, type Services, type ServicesOptions } from "./create-services";
import { DatabaseListeners } from "./data-plane/database/database-listeners";
import { TaskNetwork } from "./data-plane/task-network/task-network";
import { authorityFile } from "./environment";
import { DatabaseFaults } from "./faults/database-faults";
import { InstanceFaults } from "./faults/instance-faults";
import { retryingFunctions, retryingTypes } from "./faults/retrying-types";
import { FunctionNetwork } from "./function-network";
import { instanceMishaps } from "./instance-mishaps";
import { ACCOUNT_ID } from "./kernel/account";
import { Addresses } from "./kernel/addresses";
import { ASSUMED, type Assumptions, withQuickInstances } from "./kernel/assumptions";
import { CloudClock, START_SPEED } from "./kernel/clock";
import type { CloudContext } from "./kernel/context";
import type { CloudEvent } from "./kernel/events";
import { Faults } from "./kernel/faults";
import { Random } from "./kernel/random";
import { meansOf, PLAIN } from "./processes/surroundings";
import { queryProtocol } from "./protocols/query";
import type { ProviderFunction, ResourceType } from "./provider/resource-type";
import { findersOf, lookInto } from "./refusals/finders";
import { refusingTypes } from "./refusals/refusing-types";
import type { CloudService, ServiceApi } from "./services/cloud-service";
import type { Rds } from "./services/rds/model/rds";
import { VpcResolver } from "./services/route53/model/vpc-resolver";
import type { GitHubIssuer } from "./services/sts/model/web-identity";

/** The account of every rehearsal: AWS's own example number. */

export interface CloudOptions extends Omit<ServicesOptions, "addresses" | "taskEnvironments" | "openFunction"> {
  region: string;
  /** AWS seconds in one real second. */
  speed: number;
  seed: number;
  /** What AWS does not document. Default: what this cloud assumes. */
  assumptions?: Assumptions;
  /** First two numbers of the loopback addresses, such as `127.20`. */
  loopback: string;
  emit(event: CloudEvent): void;
  /** Gets what roles are asked for, each time. Default: nobody. */
  onAccess?(access: Access): void;
  log(line: string): void;
}

/** AWS on this machine: one account in one region, where everything that the program declares really runs. */
export class Cloud {
  readonly authorisation: Authorisation;
  /** AWS interfaces, by the name that their requests are signed for. */
  readonly apis: Record<string, ServiceApi>;
  readonly #typePermissions: ReturnType<typeof typePermissions>;

  private constructor(
    readonly context: CloudContext & { faults: Faults },
    readonly addresses: Addresses,
    readonly credentials: Credentials,
    readonly services: Services,
    private readonly taskNetwork: TaskNetwork,
    onAccess: (access: Access) => void,
    private readonly instanceFaults: InstanceFaults,
    private readonly databaseFaults: DatabaseFaults,
  ) {
    const apis = Object.assign({}, ...this.#list.map((service) => service.apis));
    this.apis = withPermissions(apis, operationPermissions(context, services));
    this.authorisation = new Authorisation({
      ...{ iam: services.iam.model, sts: services.sts.model, apis: this.apis, tags: services.tagging.model },
      ...{ credentials, onAccess },
    });
    this.#typePermissions = typePermissions(context, services);
  }

  static async create(options: CloudOptions): Promise<Cloud> {
    const { region, speed, seed, emit, log, assumptions: assumed = ASSUMED, onAccess = () => {} } = options;
    const assumptions = options.bootSeconds === undefined ? assumed : withQuickInstances(assumed);
    const clock = new CloudClock(speed, START_SPEED);
    const faults = new Faults({ clock, emit, log });
    const context = { clock, random: new Random(seed), assumptions, region, accountId: ACCOUNT_ID, emit, log, faults };
    emit({ kind: "surroundings", atMs: Date.now(), means: { ...meansOf(options.surroundings ?? PLAIN) } });
    const addresses = new Addresses(options.loopback);
    const credentials = new Credentials(context);
    const services = await createServices(context, {
      ...options,
      addresses,
      taskEnvironments: { open: (task) => taskNetwork.open(task) },
      openFunction: (...invocation) => functionNetwork.open(...invocation),
    });
    const { route53, elb, ec2, rds } = services;
    const databases = new DatabaseListeners({
      databases: rds.model,
      network: ec2.model.network,
      addresses: options.surroundings?.networks,
    });
    const functionNetwork = new FunctionNetwork({
      ...{ databases, credentials, apiUrl: options.apiUrl, region, authorityFile: authorityFile(options.directory) },
      trustStore: rds.trustStore,
    });
    const taskNetwork = new TaskNetwork({
      zones: route53.model,
      resolver: new VpcResolver(route53.model, clock),
      nodes: elb.model.nodes,
      network: ec2.model.network,
      insideAddress: addresses.inside,
      portOffset: options.portOffset,
      credentials,
      databases,
      apiUrl: options.apiUrl,
      region,
      authorityFile: authorityFile(options.directory),
      log,
    });
    const { autoScaling, ecs } = services;
    const mishaps = instanceMishaps(ec2.model.instances, autoScaling.model, ecs.model);
    const instanceFaults = new InstanceFaults(context, faults, mishaps);
    const databaseFaults = new DatabaseFaults(context, faults, () => rds.model.available);
    const players = [instanceFaults, databaseFaults] as const;
    return new Cloud(context, addresses, credentials, services, taskNetwork, onAccess, ...players);
  }

  get rds(): Pick<Rds, "rows"> {
    return this.services.rds.model;
  }

  get gitHub(): GitHubIssuer {
    return this.services.sts.model.gitHub;
  }

  /**
   * Resource types of the `aws` provider, whose calls ask for the rights of the one who runs it.
   * @param accessKeyId whose provider it is: as a process that an engine starts, it has the engine's keys
   */
  types(accessKeyId: string): ResourceType[] {
    const own = this.#list.flatMap(({ types = [] }) => types);
    const look = lookInto(this.services, this.context.accountId);
    const types = retryingTypes(this.context, refusingTypes(own, findersOf(this.services), look));
    const assertAllowed = this.#assertOf(accessKeyId);
    return authorisedTypes(types, {
      permissions: this.#typePermissions,
      tags: this.services.tagging.model,
      assertAllowed,
    });
  }

  /** Functions of the `aws` provider, in the same way. */
  functions(accessKeyId: string): ProviderFunction[] {
    const functions = this.#list.flatMap(({ functions: own = [] }) => own);
    const permissions = functionPermissions(this.context, this.services);
    return authorisedFunctions(retryingFunctions(this.context, functions), permissions, this.#assertOf(accessKeyId));
  }

  #assertOf(accessKeyId: string): Assert {
    return (required) =>
      this.authorisation.assertAllowed(this.authorisation.caller(accessKeyId, queryProtocol), required);
  }

  /** Ends every process, timer and wait. */
  async close(): Promise<void> {
    this.instanceFaults.close();
    this.databaseFaults.close();
    this.context.faults.close();
    for (const service of this.#list.toReversed()) await service.close?.();
    await this.taskNetwork.close();
  }

  get #list(): CloudService[] {
    return Object.values(this.services);
  }
}
