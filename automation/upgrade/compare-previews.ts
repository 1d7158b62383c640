import { join } from "node:path";
import { execa } from "execa";
import type { Change } from "../preview/change";
import type { PreviewReport } from "../preview/preview-report";
import { breaksTraffic, trafficChanges } from "../preview/traffic";
import { packageIn } from "./scratch-project";

/** What an upgrade changes in the resources of one stack. */
export interface StackDifference {
  stack: string;
  /** Changes that an `up` makes with the new version only. */
  changes: Change[];
  /** True if one of them replaces or deletes what carries traffic. */
  breaksTraffic: boolean;
  /** Why there is no preview; null if there is one. */
  failure: string | null;
}

/**
 * Previews a stack with both versions.
 * @param project the project as it is
 * @param scratch its copy with the new version
 */
export async function compareStack(stack: string, project: string, scratch: string): Promise<StackDifference> {
  const [before, after] = await Promise.all([preview(stack, project), preview(stack, scratch)]);
  if (typeof after === "string" || typeof before === "string") {
    const failure = typeof after === "string" ? `with the new version: ${after}` : `as it is: ${before}`;
    return { stack, changes: [], breaksTraffic: false, failure };
  }
  const had = new Set(before.changes.map(identityOf));
  const changes = after.changes.filter((change) => !had.has(identityOf(change)));
  const removed = after.services.flatMap(({ service, state }) => (service && state === "removed" ? [service] : []));
  return { stack, changes, breaksTraffic: breaksTraffic(trafficChanges(changes, removed)), failure: null };
}

/** @returns the report, or why there is none */
async function preview(stack: string, project: string): Promise<PreviewReport | string> {
  const command = join(packageIn(project), "bin/aoshingo.js");
  const { failed, stdout, stderr, shortMessage } = await execa(
    process.execPath,
    [command, "preview", "--stack", stack, "--json"],
    { cwd: project, stdin: "ignore", reject: false },
  );
  if (failed) return stderr.trim() || shortMessage || "it failed without a word";
  return JSON.parse(stdout) as PreviewReport;
}

function identityOf({ urn, operation, properties }: Change): string {
  return JSON.stringify([urn, operation, properties]);
}
