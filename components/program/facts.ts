import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../core/account";
import { partitionOf } from "../core/partition";
import type { Tags } from "../core/tags";
import { UserError } from "../core/user-error";
import { findExistingDatabases, secretsOfLastRun } from "../database/existing";
import type { DatabasePlace } from "../database/place";
import { needsInternalEdge } from "../edge/edges";
import { findZones, zonesOfLastRun } from "../edge/find-zones";
import { countsInBetween } from "../live/counts-in-between";
import { type ImmutableSettings, immutableSettingsOf, renameProblems } from "../live/immutable-settings";
import { lackingProblems } from "../live/lacking-settings";
import { type LiveState, readLiveState } from "../live/live-state";
import { passedSchedules } from "../live/passed-schedules";
import { type LastOutputs, readLastOutputs } from "../live/program-outputs";
import { refusedChanges, settingsAsDeployed } from "../live/refused-changes";
import { chooseZones } from "../network/availability-zones";
import { existingNetworkProblems } from "../network/existing-network";
import { type FoundSecrets, findSecrets } from "../security/secret-arns";
import { stackProblems } from "../security/stack-problems";
import { readTestHeader, type TestHeader } from "../security/test-header";
import { hasEnded } from "../service/has-ended";
import { findKeptRepositories } from "../service/kept-repositories";
import { refuseTakenNames } from "../service/taken-names";
import { configProblems } from "../settings/config-problems";
import { parseSettings, type Settings, settingsOf } from "../settings/settings";

/** What has to be known before the first resource is declared, because it decides which resources there are. */
export interface Facts {
  settings: Settings;
  last: LastOutputs;
  state: LiveState;
  account: Account;
  accountId: string;
  immutableSettings: ImmutableSettings;
  /** Whether the stack has the internal edge after this run. */
  hasInternal: boolean;
  foundSecrets: FoundSecrets;
  /** New services whose repositories stayed in the account when they were removed before. */
  keptRepositories: ReadonlySet<string>;
  testHeader: TestHeader | undefined;
  existingDatabases: Readonly<Record<string, DatabasePlace>>;
  /** IDs of the public hosted zones of the domain and of the further ones, by domain. */
  zoneIds: Readonly<Record<string, string>>;
  /** Names of the availability zones of a network that the stack makes; empty with an existing one. */
  availabilityZones: readonly string[];
  tags: Tags;
}

/**
 * Reads the settings and what the stack's last run left, and looks up what both name.
 * @throws UserError with a line for each problem
 */
export async function readFacts(): Promise<Facts> {
  const owner = { project: pulumi.getProject(), stack: pulumi.getStack() };
  const config = pulumi.runtime.allConfig();
  const given = parseSettings(settingsOf(config), owner);
  const region = new pulumi.Config("aws").require("region");
  const last = await readLastOutputs();
  const state = await readLiveState(given, last.live, async (service, colour) => {
    const group = last.services?.[service]?.colours[colour].autoScalingGroup;
    return group !== undefined && hasEnded(group);
  });
  const settings = state.isDeploy ? settingsAsDeployed(given, last) : given;
  // What Auto Scaling has ended runs no more. A deploy does not ask that.
  const running = state.isDeploy ? state.previous : state.live;
  const immutableSettings = immutableSettingsOf(settings, region);
  const passed = passedSchedules(settings.services, last, state.isDeploy);
  const problems = [
    ...configProblems(config),
    ...stackProblems(owner, region, settings),
    ...renameProblems(owner, settings.services, last.services),
    ...refusedChanges(settings, region, running, last, state.removed),
    ...passed.problems,
    // A deploy adds and removes none of these.
    ...(state.isDeploy ? lackingProblems(settings, last) : countsInBetween(settings, last)),
  ];
  if (problems.length > 0) throw new UserError(problems.join("\n"));
  for (const warning of passed.warnings) void pulumi.log.warn(warning);
  const tags: Tags = owner;
  const hasInternal = needsInternalEdge({ settings, last });
  const lacks = await existingNetworkProblems({ settings, region, state, last, hasInternal, tags });
  if (lacks.length > 0) throw new UserError(lacks.join("\n"));
  const [zoneIds, foundSecrets, keptRepositories, testHeader, existingDatabases, availabilityZones] = await Promise.all(
    [
      findZones(settings, state.isDeploy ? zonesOfLastRun(settings, last) : {}),
      findSecrets(settings.services, state.isDeploy),
      findKeptRepositories(owner, settings.services, last.services),
      readTestHeader(settings.testHeader, { isDeploy: state.isDeploy, had: last.applied?.infrastructure.testHeader }),
      findExistingDatabases(settings, state.isDeploy ? secretsOfLastRun(settings, last) : {}),
      chooseZones({ network: settings.network, region, last }),
      // A deploy creates none.
      state.isDeploy ? undefined : refuseTakenNames(owner, settings.services, last.services),
    ],
  );
  const { accountId } = await aws.getCallerIdentity();
  const account: Account = { id: pulumi.output(accountId), region, partition: partitionOf(region), ...owner };
  return {
    ...{ settings, last, state, account, accountId, immutableSettings, hasInternal },
    ...{ foundSecrets, keptRepositories, testHeader, existingDatabases, zoneIds, availabilityZones, tags },
  };
}
