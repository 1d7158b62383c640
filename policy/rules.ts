import type { Rule } from "./declared";
import type { StackRule } from "./linked";
import { databasesArePrivate, databasesAreProtected, databasesKeepTheirData, databasesUseTls } from "./rules/databases";
import { bucketsArePrivate, storesAreEncrypted, volumesAreNamed } from "./rules/encryption";
import { rootFileSystemsAreReadOnly, sessionsAreLogged } from "./rules/exec";
import { imageTagsNeverMove, tasksNameDigests } from "./rules/images";
import { noPublicIngress, noSsh } from "./rules/ingress";
import { metadataVersion2, noPublicAddresses, rolesAreApart, tasksAreConfined } from "./rules/instances";
import { headersAreValid, tlsIsModern } from "./rules/load-balancers";
import { loadBalancersLog, logsAreKeptForATime } from "./rules/logs";
import { recordsChangeInPlace, recordsIgnoreTargetHealth } from "./rules/records";
import { nobodyIsEverybody, rightsAreNarrow, tokensNameJobs } from "./rules/rights";
import { coloursAreOnBothLoadBalancers, trafficIsProtected } from "./rules/targets";

/** All rules for single resources. */
export const RULES: readonly Rule[] = [
  recordsChangeInPlace,
  recordsIgnoreTargetHealth,
  noPublicIngress,
  noSsh,
  noPublicAddresses,
  metadataVersion2,
  storesAreEncrypted,
  volumesAreNamed,
  bucketsArePrivate,
  databasesArePrivate,
  databasesKeepTheirData,
  databasesUseTls,
  imageTagsNeverMove,
  tasksNameDigests,
  tasksAreConfined,
  rolesAreApart,
  logsAreKeptForATime,
  loadBalancersLog,
  headersAreValid,
  tlsIsModern,
  rightsAreNarrow,
  nobodyIsEverybody,
  tokensNameJobs,
];

/** All rules for a stack as a whole. */
export const STACK_RULES: readonly StackRule[] = [
  coloursAreOnBothLoadBalancers,
  trafficIsProtected,
  databasesAreProtected,
  rootFileSystemsAreReadOnly,
  sessionsAreLogged,
];
