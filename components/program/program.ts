import "../core/outputs-when-read";
import "../core/without-sdk-traces";
import * as pulumi from "@pulumi/pulumi";
import { mapValues } from "../core/map-values";
import { presentableError } from "../core/presentable-error";
import { UserError } from "../core/user-error";
import { appliedBy } from "../database/applied";
import { databaseOutputs } from "../database/databases";
import { unionOf } from "../live/grants";
import type { ProgramOutputs, Wrapped } from "../live/outputs";
import { stateOutput } from "../live/program-outputs";
import { Deployer } from "../security/deployer";
import { HostRecords } from "../service/host-records";
import { HOST_RECORDS } from "../service/record-aliases";
import { callOrder } from "../settings/call-order";
import { anyDrainsTasks } from "../settings/drains-tasks";
import { domainOf, recordOwners } from "../settings/own-hosts";
import type { Exposure } from "../settings/settings";
import { CurrentStack, inStack } from "./current-stack";
import { readFacts } from "./facts";

/** What the settings ask of a program. */
export interface Wanted {
  /** The services of the settings, each after those that it calls: the order in which to make them. */
  services: readonly string[];
  /** The edges that the stack has to have. */
  edges: readonly Exposure[];
}

/** Outputs of a program's own, by name. */
export type OwnOutputs = Readonly<Record<string, unknown>>;

/**
 * Makes a Pulumi program of a function that makes a `Network`, `Edge`s and `Service`s, and whatever else it likes.
 *
 * `export = program(() => { ... })` in the project's main file. What the function returns are outputs of the stack, beside
 * those that the deploy command reads: `live`, `services`, `state` and, with these settings, `databases` and `ci`.
 *
 * The deploy command runs the program several times in one process, so the function must keep nothing between two runs.
 *
 * @param declare makes the resources; it may be async
 * @returns what the main file exports
 */
export function program(
  // biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing is one, too
  declare: (wanted: Wanted) => OwnOutputs | void | Promise<OwnOutputs | void>,
): () => Promise<ProgramRun> {
  return async () => {
    try {
      return await run(declare);
    } catch (error) {
      // Problems in settings or program are shown as they are, without a stack trace.
      throw presentableError(error);
    }
  };
}

/** The outputs of one run that the deploy command reads. */
export type ProgramRun = { [Name in keyof ProgramOutputs]: Wrapped<ProgramOutputs[Name]> };

async function run(declare: Parameters<typeof program>[0]): Promise<ProgramRun> {
  const facts = await readFacts();
  const { settings } = facts;
  const stack = new CurrentStack(facts);
  const wanted: Wanted = {
    services: callOrder(settings.services),
    edges: facts.hasInternal ? ["public", "internal"] : ["public"],
  };
  const own = (await inStack(stack, () => declare(wanted))) ?? {};
  const missing = missingComponents(stack, wanted);
  if (missing.length > 0) throw new UserError(missing.join("\n"));
  const secrets = await secretProblems(stack);
  if (secrets.length > 0) throw new UserError(secrets.join("\n"));
  const outputs = await outputsOf(stack);
  const taken = Object.keys(own).filter((name) => name in outputs);
  if (taken.length > 0)
    throw new UserError(
      `the program returns an output "${taken[0]}", wanted another name: the deploy command reads this one`,
    );
  return { ...outputs, ...own };
}

/** A line for each thing of the settings that the program has not made. A deploy would change something that is not there. */
function missingComponents({ network, edges, services }: CurrentStack, wanted: Wanted): string[] {
  return [
    ...(network ? [] : ['the program makes no network, wanted new Network("network")']),
    ...wanted.edges
      .filter((edge) => !edges[edge])
      .map((edge) =>
        edge === "public"
          ? 'the program makes no public edge, wanted new Edge("public", { network })'
          : 'the program makes no internal edge, wanted new Edge("internal", { network }): services of the settings are exposed there, or its load balancers are still protected',
      ),
    ...wanted.services
      .filter((name) => !services[name])
      .map(
        (name) =>
          `aoshingo:services.${name}: the program makes no such service, wanted new Service("${name}", ...) in it, or no block in the settings`,
      ),
  ];
}

/** Values of the program are in the stack's outputs, which are not encrypted. */
async function secretProblems({ services }: CurrentStack): Promise<string[]> {
  const problems = await Promise.all(
    Object.entries(services).map(async ([name, { environment }]) => {
      const isSecret = await Promise.all(
        Object.values(environment).map((value) => pulumi.isSecret(pulumi.output(value))),
      );
      return Object.keys(environment)
        .filter((_variable, place) => isSecret[place])
        .map(
          (variable) =>
            `new Service("${name}"): environment.${variable} is a secret, wanted it in SSM or Secrets Manager and in the setting aoshingo:services.${name}.secrets, from where ECS reads it`,
        );
    }),
  );
  return problems.flat();
}

/** Makes what comes after all services, and returns what the stack's outputs are. */
async function outputsOf(stack: CurrentStack): Promise<ProgramRun> {
  const { facts, edges, accessLogs, deployStore, rulePriorities } = stack;
  const { settings, state, account, immutableSettings, zoneIds, availabilityZones, tags } = facts;
  const { live } = state;
  // In an order that the outputs have always had.
  const names = callOrder(settings.services);
  const services = Object.fromEntries(names.map((name) => [name, stack.services[name]!.service]));
  const databases = databaseOutputs(stack.databases);
  const hosts = Object.entries(recordOwners(settings.services)).map(([host, service]) => ({
    host,
    zoneId: zoneIds[domainOf(host, settings)!]!,
    service,
    sharers: Object.keys(services).filter((name) => settings.services[name]!.hosts.includes(host)),
  }));
  const hostRecords =
    hosts.length > 0 ? new HostRecords(HOST_RECORDS, { edge: edges.public!, live, services, hosts }) : null;

  const { ci, domain, furtherDomains, notify, webAcl, deletionProtection } = settings;
  const granted = Object.values(stack.releases).map(({ grants }) => unionOf(grants));
  const deployer =
    ci &&
    new Deployer("ci", {
      account,
      ci,
      domain,
      hasJobs: stack.hasJobs,
      hosts: hosts.map(({ host }) => host),
      zoneIds: [...Object.values(zoneIds), ...(edges.internal ? [edges.internal.zoneId] : [])],
      buckets: [accessLogs.bucket, deployStore.bucket],
      deployStore: deployStore.bucket,
      webAcl,
      pulls: [...new Set(granted.flatMap(({ pulls }) => pulls ?? []))].sort(),
      notify,
      testHeader: settings.testHeader,
      drainsTasks: anyDrainsTasks(settings),
      hasExec: granted.some(({ exec }) => exec),
      hasDatabases: Object.keys(settings.databases).length > 0,
      deploy: settings.deploy,
      isDeploy: state.isDeploy,
      tags,
    });

  // A deploy trusts the serial, so it is written only once rules and records are as `live` says. Instances are waited
  // for by the outputs of their colours.
  const routing = [
    ...Object.values(services).flatMap(({ routingResources }) => routingResources),
    ...(hostRecords?.records ?? []),
  ];
  const urns = routing.map(({ urn }) => urn);
  return {
    live: pulumi.all(urns).apply(() => live),
    services: mapValues(services, ({ summary }) => summary),
    ...databases.program,
    ...(deployer ? { ci: deployer.outputs } : {}),
    state: stateOutput({
      region: account.region,
      immutableSettings,
      ...(availabilityZones.length > 0 ? { availabilityZones } : {}),
      zoneIds,
      deletionProtection,
      deployStore: { bucket: deployStore.bucket },
      edges: mapValues(edges, ({ outputs }) => outputs),
      services: mapValues(services, ({ outputs }) => outputs),
      ...(hostRecords ? { hostRecords: hostRecords.outputs } : {}),
      ...databases.state,
      grants: Object.fromEntries(names.map((name) => [name, stack.services[name]!.grants])),
      rulePriorities,
      applied: {
        infrastructure: appliedBy(settings),
        ...(furtherDomains.length > 0 ? { furtherDomains } : {}),
        ...(deployer ? { deployRole: pulumi.output(deployer.outputs).deployRole } : {}),
      },
    }),
  };
}
