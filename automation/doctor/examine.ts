import { setTimeout as delay } from "node:timers/promises";
import { credentialsProblem } from "../core/credentials-problem";
import { type Check, type Examined, type Finding, skipped, todo, Unavailable } from "./check";

/** Limit for each check. Only a check that waits for an answer takes longer than a moment. */
const LIMIT_MS = 15_000;

export interface Examination {
  check: string;
  findings: Finding[];
}

/**
 * Runs all checks at the same time and returns their findings in the checks' order. A failure affects no other check.
 */
export function examine(checks: readonly Check[], examined: Examined, limitMs = LIMIT_MS): Promise<Examination[]> {
  return Promise.all(
    checks.map(async (check) => ({ check: check.name, findings: await findingsOf(check, examined, limitMs) })),
  );
}

async function findingsOf(check: Check, examined: Examined, limitMs: number): Promise<Finding[]> {
  const over = new AbortController();
  const limit = delay(limitMs, "over" as const, { signal: over.signal });
  try {
    const findings = await Promise.race([check.examine(examined), limit]);
    if (findings !== "over") return findings;
    return [todo(`no answer within ${limitMs / 1000} s`, "try again; check the network and the AWS Health Dashboard")];
  } catch (error) {
    return [failed(error as Error)];
  } finally {
    over.abort();
    limit.catch(() => {});
  }
}

function failed(error: Error): Finding {
  if (error instanceof Unavailable) return skipped(error.message);
  if (credentialsProblem(error) !== null) return skipped("needs AWS credentials (see credentials)");
  const detail = `the check failed: ${error.message.split("\n")[0]}`;
  if (/AccessDenied|NotAuthorized|Unauthorized/.test(error.name))
    return todo(detail, "give your role the permission (docs/permissions.md)");
  return todo(detail, "remove the cause, then run doctor again");
}

/** True if there is nothing to do. */
export function isWell(examinations: readonly Examination[]): boolean {
  return examinations.every(({ findings }) => findings.every(({ says }) => says !== "todo"));
}
