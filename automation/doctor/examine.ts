import { setTimeout as delay } from "node:timers/promises";
import { type Check, type Examined, type Finding, skipped, todo, Unseen } from "./check";

/** For each check: all but those that wait for an answer are done in a moment. */
const LIMIT_MS = 15_000;

export interface Examination {
  check: string;
  findings: Finding[];
}

/** Makes all checks side by side; one that fails or hangs hides no other. In the checks' order. */
export function examine(checks: readonly Check[], at: Examined, limitMs = LIMIT_MS): Promise<Examination[]> {
  return Promise.all(checks.map(async (check) => ({ check: check.name, findings: await found(check, at, limitMs) })));
}

async function found(check: Check, at: Examined, limitMs: number): Promise<Finding[]> {
  const over = new AbortController();
  const limit = delay(limitMs, "over" as const, { signal: over.signal });
  try {
    const findings = await Promise.race([check.look(at), limit]);
    if (findings !== "over") return findings;
    return [todo(`no answer within ${limitMs / 1000} s`, "try again; look at the network and at AWS's own status")];
  } catch (error) {
    return [failed(error as Error)];
  } finally {
    over.abort();
    limit.catch(() => {});
  }
}

function failed(error: Error): Finding {
  if (error instanceof Unseen) return skipped(error.message);
  if (NO_CREDENTIALS.has(error.name)) return skipped("needs AWS credentials (see credentials)");
  const detail = `could not be looked at: ${error.message.split("\n")[0]}`;
  if (/AccessDenied|NotAuthorized|Unauthorized/.test(error.name))
    return todo(detail, "allow it to whoever looks (docs/permissions.md)");
  return todo(detail, "see to that, then look again");
}

/** As the SDK and AWS name them. */
const NO_CREDENTIALS = new Set([
  "CredentialsProviderError",
  "ExpiredToken",
  "ExpiredTokenException",
  "InvalidClientTokenId",
  "InvalidSignatureException",
  "SignatureDoesNotMatch",
  "UnrecognizedClientException",
]);

/** True if there is nothing to do. */
export function isWell(examinations: readonly Examination[]): boolean {
  return examinations.every(({ findings }) => findings.every(({ says }) => says !== "todo"));
}
