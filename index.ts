import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./components/core/account";
import { presentableError } from "./components/core/presentable-error";
import { UserError } from "./components/core/user-error";
import { createEdges } from "./components/edge/edges";
import { breakingChanges } from "./components/live/breaking-changes";
import { immutableSettingProblems, immutableSettingsOf } from "./components/live/immutable-settings";
import { readLastOutputs } from "./components/live/last-outputs";
import { readLiveState } from "./components/live/live-state";
import type { ProgramOutputs, Wrapped } from "./components/live/outputs";
import { Network } from "./components/network/network";
import { Deployer } from "./components/security/deployer";
import { grantsOf } from "./components/security/grants";
import { findSecrets, secretArns } from "./components/security/secret-arns";
import { Queue } from "./components/service/queue";
import { Service } from "./components/service/service";
import { callOrder, callsInOrder } from "./components/settings/call-order";
import { parseSettings, settingsOf } from "./components/settings/settings";
import { AccessLogs } from "./components/storage/access-logs";
import { DeployStore } from "./components/storage/deploy-store";

const ACCESS_LOG_DAYS = 90;

/** The whole infrastructure of one stack. It keeps nothing between runs: the deploy script runs it several times in one process. */
async function program() {
  const settings = parseSettings(settingsOf(pulumi.runtime.allConfig()));
  const region = new pulumi.Config("aws").require("region");
  const last = await readLastOutputs();
  const { live, previous } = readLiveState(settings, last.live);
  const foundation = immutableSettingsOf(settings, region);
  const faults = [
    ...immutableSettingProblems(foundation, settings.services, previous, last),
    ...breakingChanges(settings.services, previous, last),
  ];
  if (faults.length > 0) throw new UserError(faults.join("\n"));
  const foundSecrets = await findSecrets(settings.services);

  const account: Account = {
    id: aws.getCallerIdentityOutput().accountId,
    region,
    project: pulumi.getProject(),
    stack: pulumi.getStack(),
  };
  const tags = { project: account.project, stack: account.stack };
  const { deletionProtection } = settings;
  const { zoneId } = aws.route53.getZoneOutput({ name: settings.domain, privateZone: false });

  const network = new Network("network", { account, network: settings.network, tags });
  const accessLogs = new AccessLogs("access-logs", {
    account,
    retentionDays: ACCESS_LOG_DAYS,
    deletionProtection,
    tags,
  });
  const deployStore = new DeployStore("deploy-store", { deletionProtection, tags });
  const edges = createEdges({ settings, last, network, accessLogs, zoneId, tags });
  const queues: Record<string, Queue> = {};
  for (const [name, { queue }] of Object.entries(settings.services)) {
    if (queue) queues[name] = new Queue(name, { account, queue, tags: { ...tags, service: name } });
  }
  const services: Record<string, Service> = {};
  const grants: Record<string, ReturnType<typeof grantsOf>> = {};
  const callees = callsInOrder(settings.services);
  for (const name of callOrder(settings.services)) {
    const service = settings.services[name]!;
    const arns = secretArns(account, service.secrets, foundSecrets);
    grants[name] = grantsOf(service, Object.values(arns), previous.services[name]!, last.grants?.[name]);
    services[name] = new Service(name, {
      account,
      network,
      edges,
      queues,
      settings,
      service,
      live: live.services[name]!,
      previous: previous.services[name]!,
      grants: grants[name],
      secretArns: arns,
      callees: callees[name]!.map((callee) => services[callee]!),
      tags,
    });
  }

  const { ci, domain, notify } = settings;
  const deployer =
    ci &&
    new Deployer("ci", {
      account,
      ci,
      domain,
      zoneIds: Object.values(edges).map((edge) => edge.zoneId),
      buckets: [accessLogs.bucket, deployStore.bucket],
      deployStore: deployStore.bucket,
      secretArns: Object.values(foundSecrets),
      notify,
      tags,
    });

  // Deploys go by its serial: the engine takes it only when names lead where it says. Instances are waited for by the outputs of their colours.
  const urns = Object.values(services).flatMap(({ routingResources: ways }) => ways.map(({ urn }) => urn));
  return {
    live: pulumi.all(urns).apply(() => live),
    region,
    foundation,
    deletionProtection,
    grants,
    deployStore: { bucket: deployStore.bucket },
    ...(deployer ? { ci: deployer.outputs } : {}),
    edges: outputsOf(edges),
    services: outputsOf(services),
  } satisfies { [Name in keyof ProgramOutputs]: Wrapped<ProgramOutputs[Name]> };
}

function outputsOf<T>(components: Record<string, { outputs: T }>): Record<string, T> {
  return Object.fromEntries(Object.entries(components).map(([name, { outputs }]) => [name, outputs]));
}

/** Faults in settings are shown as they are, without a stack trace. Outputs are given one by one: those that are known in a preview are shown in it. */
async function run(): ReturnType<typeof program> {
  try {
    return await program();
  } catch (error) {
    throw presentableError(error);
  }
}

export = run;
