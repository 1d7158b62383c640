import "./components/core/without-sdk-traces";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./components/core/account";
import { mapValues } from "./components/core/map-values";
import { partitionOf } from "./components/core/partition";
import { presentableError } from "./components/core/presentable-error";
import type { Tags } from "./components/core/tags";
import { UserError } from "./components/core/user-error";
import { appliedBy } from "./components/database/applied";
import { createDatabases, databaseOutputs } from "./components/database/databases";
import { findExistingDatabases } from "./components/database/existing";
import { createEdges, needsInternalEdge } from "./components/edge/edges";
import { breakingChanges } from "./components/live/breaking-changes";
import { databaseChanges } from "./components/live/database-changes";
import { unionOf } from "./components/live/grants";
import { immutableSettingProblems, immutableSettingsOf } from "./components/live/immutable-settings";
import { readLiveState } from "./components/live/live-state";
import type { ProgramOutputs, Wrapped } from "./components/live/outputs";
import { readLastOutputs, stateOutput } from "./components/live/program-outputs";
import type { ReleaseSettings } from "./components/live/release-settings";
import { assignRulePriorities } from "./components/live/rule-priorities";
import { existingNetworkProblems } from "./components/network/existing-network";
import { Network } from "./components/network/network";
import { Deployer } from "./components/security/deployer";
import { byColour, serviceReleases } from "./components/security/release-grants";
import { findSecrets, secretSources } from "./components/security/secret-arns";
import { stackProblems } from "./components/security/stack-problems";
import { readTestHeader } from "./components/security/test-header";
import { HostRecords } from "./components/service/host-records";
import { createJobsShared } from "./components/service/jobs";
import { Queue } from "./components/service/queue";
import { Service } from "./components/service/service";
import { callOrder, callsInOrder } from "./components/settings/call-order";
import { anyDrainsTasks } from "./components/settings/drains-tasks";
import { domainOf, recordOwners } from "./components/settings/own-hosts";
import { parseSettings, settingsOf } from "./components/settings/settings";
import { AccessLogs } from "./components/storage/access-logs";
import { DeployStore } from "./components/storage/deploy-store";

const ACCESS_LOG_DAYS = 90;

/**
 * Declares the whole infrastructure of one stack. It keeps no state between runs, because the deploy script runs it
 * several times in one process.
 */
async function program() {
  const owner = { project: pulumi.getProject(), stack: pulumi.getStack() };
  const settings = parseSettings(settingsOf(pulumi.runtime.allConfig()), owner);
  const region = new pulumi.Config("aws").require("region");
  const last = await readLastOutputs();
  const state = readLiveState(settings, last.live);
  const { live, previous } = state;
  const immutableSettings = immutableSettingsOf(settings, region);
  const problems = [
    ...stackProblems(owner, region, settings),
    ...immutableSettingProblems(immutableSettings, settings.services, previous, last),
    ...breakingChanges(settings.services, previous, last),
    ...databaseChanges(settings.databases, previous, last),
  ];
  if (problems.length > 0) throw new UserError(problems.join("\n"));
  const tags: Tags = owner;
  const hasInternal = needsInternalEdge({ settings, last });
  const lacks = await existingNetworkProblems({ settings, region, state, last, hasInternal, tags });
  if (lacks.length > 0) throw new UserError(lacks.join("\n"));
  const [foundSecrets, testHeader, existing] = await Promise.all([
    findSecrets(settings.services),
    readTestHeader(settings.testHeader),
    findExistingDatabases(settings),
  ]);

  const { accountId } = await aws.getCallerIdentity();
  const account: Account = {
    id: pulumi.output(accountId),
    region,
    partition: partitionOf(region),
    ...owner,
  };
  const { deletionProtection } = settings;
  const zoneIds = Object.fromEntries(
    [settings.domain, ...settings.furtherDomains].map((name) => [
      name,
      aws.route53.getZoneOutput({ name, privateZone: false }).zoneId,
    ]),
  );

  const network = new Network("network", { account, network: settings.network, tags });
  const accessLogs = new AccessLogs("access-logs", {
    account,
    retentionDays: ACCESS_LOG_DAYS,
    deletionProtection,
    tags,
  });
  const deployStore = new DeployStore("deploy-store", { deletionProtection, tags });
  const edges = createEdges({ settings, last, network, accessLogs, zoneIds, tags });
  const queues: Record<string, Queue> = {};
  for (const [name, { queue }] of Object.entries(settings.services)) {
    if (queue) queues[name] = new Queue(name, { account, queue, tags: { ...tags, service: name } });
  }
  const hasJobs = Object.values(settings.services).some(({ kind }) => kind === "job");
  const jobs = hasJobs ? createJobsShared({ account, settings, tags }) : undefined;
  const services: Record<string, Service> = {};
  const callees = callsInOrder(settings.services);
  const rulePriorities = assignRulePriorities(settings, last.rulePriorities);
  const known = { ...account, id: accountId };
  const sources = (secrets: ReleaseSettings["secrets"]) => secretSources(known, secrets, foundSecrets);
  const valuesFrom = (secrets: ReleaseSettings["secrets"]) => mapValues(sources(secrets), ({ valueFrom }) => valueFrom);
  const releases = serviceReleases(settings.services, state, last.grants, sources);
  const grants = mapValues(releases, (release) => release.grants);
  const uses = mapValues(grants, (colours) => unionOf(colours).uses ?? []);
  const databases = createDatabases({ account, network, settings, existing, uses, tags });
  for (const name of callOrder(settings.services)) {
    const service = settings.services[name]!;
    const { releaseSettings } = releases[name]!;
    services[name] = new Service(name, {
      account,
      network,
      edges,
      queues,
      jobs,
      databaseUsers: databases.users,
      settings,
      service,
      live: live.services[name]!,
      previous: previous.services[name]!,
      last: last.services?.[name]?.colours,
      grants: grants[name]!,
      releaseSettings,
      secrets: byColour((colour) => valuesFrom(releaseSettings[colour].secrets)),
      sidecarSecrets: byColour((colour) =>
        mapValues(releaseSettings[colour].sidecars, ({ secrets }) => valuesFrom(secrets)),
      ),
      rulePriorities,
      testHeader,
      callees: callees[name]!.map((callee) => services[callee]!),
      tags,
    });
  }

  const inOutputs = databaseOutputs(databases);
  const hosts = Object.entries(recordOwners(settings.services)).map(([host, service]) => ({
    host,
    zoneId: zoneIds[domainOf(host, settings)!]!,
    service,
    sharers: Object.keys(services).filter((name) => settings.services[name]!.hosts.includes(host)),
  }));
  const hostRecords =
    hosts.length > 0 ? new HostRecords("hosts", { edge: edges.public!, live, services, hosts }) : null;

  const { ci, domain, notify, webAcl } = settings;
  const deployer =
    ci &&
    new Deployer("ci", {
      account,
      ci,
      domain,
      hasJobs,
      hosts: hosts.map(({ host }) => host),
      zoneIds: [...Object.values(zoneIds), ...(edges.internal ? [edges.internal.zoneId] : [])],
      buckets: [accessLogs.bucket, deployStore.bucket],
      deployStore: deployStore.bucket,
      webAcl,
      pulls: [...new Set(Object.values(grants).flatMap((colours) => unionOf(colours).pulls ?? []))].sort(),
      notify,
      testHeader: settings.testHeader,
      drainsTasks: anyDrainsTasks(settings),
      hasExec: Object.values(grants).some((colours) => unionOf(colours).exec),
      hasDatabases: Object.keys(settings.databases).length > 0,
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
    ...inOutputs.program,
    ...(deployer ? { ci: deployer.outputs } : {}),
    state: stateOutput({
      region,
      immutableSettings,
      deletionProtection,
      deployStore: { bucket: deployStore.bucket },
      edges: mapValues(edges, ({ outputs }) => outputs),
      services: mapValues(services, ({ outputs }) => outputs),
      ...(hostRecords ? { hostRecords: hostRecords.outputs } : {}),
      ...inOutputs.state,
      grants,
      rulePriorities,
      applied: {
        infrastructure: appliedBy(settings),
        ...(deployer ? { deployRole: pulumi.output(deployer.outputs).deployRole } : {}),
      },
    }),
  } satisfies { [Name in keyof ProgramOutputs]: Wrapped<ProgramOutputs[Name]> };
}

/** Reports problems in the settings as they are, without a stack trace. */
async function run(): ReturnType<typeof program> {
  try {
    return await program();
  } catch (error) {
    throw presentableError(error);
  }
}

export = run;
