import type { Check } from "./check";
import { certificate } from "./checks/certificate";
import { cli } from "./checks/cli";
import { clock } from "./checks/clock";
import { credentials } from "./checks/credentials";
import { databases } from "./checks/databases";
import { delegation } from "./checks/delegation";
import { firstUse } from "./checks/first-use";
import { freeze } from "./checks/freeze";
import { lease } from "./checks/lease";
import { pending } from "./checks/pending";
import { quotas } from "./checks/quotas";
import { records } from "./checks/records";
import { run } from "./checks/run";
import { state } from "./checks/state";

/** All checks, in the order of the report. A check comes after those that it depends on. */
export const CHECKS: readonly Check[] = [
  cli,
  credentials,
  clock,
  state,
  pending,
  lease,
  run,
  freeze,
  delegation,
  certificate,
  records,
  databases,
  firstUse,
  quotas,
];
