import { countOf } from "../../components/core/count-of";
import type { Drift } from "./drift";
import type { GitHub } from "./gh";
import { findMarked, marked, marker } from "./marked-text";

const LABEL = "drift";

export interface DriftIssueOptions {
  /** `owner/name`. */
  repository: string;
  stack: string;
  drift: readonly Drift[];
  /** URL of the job's page. */
  runUrl: string;
}

/**
 * Keeps one open issue for each stack that has drift: opens it, edits it while drift remains, and closes it when there
 * is none any more.
 * @returns what it did, in one line
 */
export async function updateDriftIssue(
  github: GitHub,
  { repository, stack, drift, runUrl }: DriftIssueOptions,
): Promise<string> {
  const issues = `repos/${repository}/issues`;
  const mark = marker("drift", stack);
  const open = findMarked(mark, await github.list(`${issues}?state=open&labels=${LABEL}&per_page=100`));
  if (drift.length === 0) {
    if (!open) return `no drift of ${stack}`;
    await github.send("POST", `${issues}/${open.number}/comments`, {
      body: `There is no drift any more: [the job](${runUrl}).`,
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

/** Returns the text of a drift issue, as Markdown. */
export function driftText(stack: string, drift: readonly Drift[]): string {
  const rows = drift.map(
    ({ what, type, name, properties }) =>
      `| ${what} | \`${name}\` | \`${type}\` | ${properties.map((property) => `\`${property}\``).join(", ")} |`,
  );
  return [
    `**${countOf(drift.length, "resource")} of stack \`${stack}\` changed since the last \`up\`.**`,
    "",
    "| what | resource | type | properties |",
    "| --- | --- | --- | --- |",
    ...rows,
    "",
    "Somebody changed them by hand, or AWS did. Values may be secret and are not shown here. To see them:",
    "",
    `    pulumi refresh --preview-only --diff --stack ${stack}`,
    "",
    "To keep a change, write it into the program or the settings. To undo it, or to create again what is gone, update the",
    `state with \`pulumi refresh --stack ${stack}\`, then apply the program with \`pulumi up --stack ${stack}\`. If a listener rule`,
    "or a record is in the table, the `up` leads production's requests back to where the stack's live state says; otherwise neither moves",
    `traffic. Run neither while a deploy is unfinished: \`npx aoshingo status --stack ${stack}\` says so.`,
  ].join("\n");
}

function driftTitle(stack: string, drift: readonly Drift[]): string {
  return `Drift: ${countOf(drift.length, "resource")} of ${stack} changed outside Pulumi`;
}
