import { AsyncLocalStorage } from "node:async_hooks";
import type * as pulumi from "@pulumi/pulumi";
import type { Colour } from "../core/colour-name";
import { mapValues } from "../core/map-values";
import { UserError } from "../core/user-error";
import { createDatabases, type Databases } from "../database/databases";
import type { Edge } from "../edge/edge";
import { type Grants, unionOf } from "../live/grants";
import type { ReleaseSettings } from "../live/release-settings";
import { assignRulePriorities, type RulePriorities } from "../live/rule-priorities";
import type { Network } from "../network/network";
import { type ServiceReleases, serviceReleases } from "../security/release-grants";
import { secretSources } from "../security/secret-arns";
import { createJobsShared, type JobsShared } from "../service/jobs";
import { Queue } from "../service/queue";
import type { Service } from "../service/service";
import type { Exposure } from "../settings/settings";
import { AccessLogs } from "../storage/access-logs";
import { DeployStore } from "../storage/deploy-store";
import type { Facts } from "./facts";

const ACCESS_LOG_DAYS = 90;

/** A service, and what becomes of its grants by what the program passes to it. */
interface Registered {
  service: Service;
  /** Variables that the program passes to it. */
  environment: Readonly<Record<string, pulumi.Input<string>>>;
  grants: pulumi.Input<Record<Colour, Grants>>;
}

/**
 * One run of a program: what its components have in common, and which of them are there. Components find it by themselves,
 * so that a program passes only what it alone can know.
 *
 * What is made here has no parent: a stack that exists has it under these names.
 */
export class CurrentStack {
  readonly accessLogs: AccessLogs;
  readonly deployStore: DeployStore;
  /** Queues of all workers that have one, by worker. */
  readonly queues: Readonly<Record<string, Queue>>;
  /** Undefined without jobs. */
  readonly jobs: JobsShared | undefined;
  readonly rulePriorities: RulePriorities;
  readonly releases: Readonly<Record<string, ServiceReleases>>;
  readonly edges: Partial<Record<Exposure, Edge>> = {};
  readonly services: Record<string, Registered> = {};
  #network: Network | undefined;
  #databases: Databases | undefined;

  constructor(readonly facts: Facts) {
    const { settings, account, last, tags } = facts;
    const { deletionProtection } = settings;
    this.accessLogs = new AccessLogs("access-logs", {
      account,
      retentionDays: ACCESS_LOG_DAYS,
      deletionProtection,
      tags,
    });
    this.deployStore = new DeployStore("deploy-store", { deletionProtection, tags });
    this.queues = Object.fromEntries(
      Object.entries(settings.services).flatMap(([name, { queue }]) =>
        queue ? [[name, new Queue(name, { account, queue, tags: { ...tags, service: name } })]] : [],
      ),
    );
    this.jobs = this.hasJobs ? createJobsShared({ account, settings, tags }) : undefined;
    this.rulePriorities = assignRulePriorities(settings, last.rulePriorities);
    this.releases = this.releasesOf(settings.services);
  }

  get hasJobs(): boolean {
    return Object.values(this.facts.settings.services).some(({ kind }) => kind === "job");
  }

  /** Undefined until the program has made it. */
  get network(): Network | undefined {
    return this.#network;
  }

  /** The stack has one network. */
  set network(network: Network) {
    this.#network = network;
  }

  /** The databases of the settings, which are in the network. */
  get databases(): Databases {
    const { settings, account, existingDatabases: existing, tags } = this.facts;
    this.#databases ??= createDatabases({
      ...{ account, network: this.#network!, settings, existing, tags },
      uses: mapValues(this.releases, ({ grants }) => unionOf(grants).uses ?? []),
    });
    return this.#databases;
  }

  /** Where ECS reads the values of secrets, by variable name. */
  valuesFrom(secrets: ReleaseSettings["secrets"]): Record<string, string> {
    return mapValues(this.#sources(secrets), ({ valueFrom }) => valueFrom);
  }

  /** What each colour of these services runs with, and what it may reach. */
  releasesOf(services: Facts["settings"]["services"]): Record<string, ServiceReleases> {
    const { settings, state, last } = this.facts;
    return serviceReleases(services, settings.services, state, last, (secrets) => this.#sources(secrets));
  }

  #sources(secrets: ReleaseSettings["secrets"]) {
    const { account, accountId, foundSecrets } = this.facts;
    return secretSources({ ...account, id: accountId }, secrets, foundSecrets);
  }
}

const current = new AsyncLocalStorage<CurrentStack>();

/** Runs `declare` with this stack as the one whose components it makes. */
export function inStack<Result>(stack: CurrentStack, declare: () => Result): Result {
  return current.run(stack, declare);
}

/**
 * The stack whose program runs.
 * @param component what asks, as in the program: `new Service("users")`
 * @throws UserError outside of a program
 */
export function currentStack(component: string): CurrentStack {
  const stack = current.getStore();
  if (stack) return stack;
  throw new UserError(
    `${component} is outside of a program: wanted it in the function that program() gets, as in \`export = program(() => { ... })\``,
  );
}
