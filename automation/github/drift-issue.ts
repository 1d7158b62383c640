import type { Drift } from "./drift";
import { driftText, driftTitle } from "./drift-text";
import type { GitHub } from "./gh";
import { findMarked, marked, marker } from "./marked";

const LABEL = "drift";

export interface DriftIssueOptions {
  /** `owner/name`. */
  repository: string;
  stack: string;
  drift: readonly Drift[];
  /** Page of the job. */
  runUrl: string;
}

/** One open issue for each stack that drifts: opened by the first night, edited by the next ones, closed when nothing drifts any more. @returns what was done */
export async function tellDrift(
  github: GitHub,
  { repository, stack, drift, runUrl }: DriftIssueOptions,
): Promise<string> {
  const issues = `repos/${repository}/issues`;
  const mark = marker("drift", stack);
  const open = findMarked(mark, await github.list(`${issues}?state=open&labels=${LABEL}&per_page=100`));
  if (drift.length === 0) {
    if (!open) return `no drift of ${stack}`;
    await github.send("POST", `${issues}/${open.number}/comments`, {
      body: `Nothing drifts any more: [the job](${runUrl}).`,
    });
    await github.send("PATCH", `${issues}/${open.number}`, { state: "closed", state_reason: "completed" });
    return `no drift of ${stack} any more: closed ${String(open.html_url)}`;
  }
  const text = { title: driftTitle(stack, drift), body: marked(mark, driftText(stack, drift), runUrl) };
  const written = open
    ? await github.send("PATCH", `${issues}/${open.number}`, text)
    : await github.send("POST", issues, { ...text, labels: [LABEL] });
  return `${text.title}: ${open ? "edited" : "opened"} ${String(written.html_url)}`;
}
