import { join } from "shlex";
import { type Change, counted } from "../preview/change";
import { changeLines, countsText } from "../preview/change-lines";

interface Upgrade {
  from: string;
  to: string;
  stacks: readonly { stack: string; changes: readonly Change[]; breaksTraffic: boolean; failure: string | null }[];
  settings: { added: readonly string[]; removed: readonly string[] };
  workflows: readonly { path: string; template: string; state: "ours" | "changed" | "missing" }[];
}

/** Returns what an upgrade changes, for a person. */
export function upgradeText({ from, to, stacks, settings, workflows }: Upgrade): string {
  const lines = [from === to ? `aoshingo ${from}, as now` : `aoshingo ${from} -> ${to}`];
  for (const { stack, changes, breaksTraffic, failure } of stacks) {
    if (failure !== null) {
      const [first = "", ...more] = failure.split("\n");
      lines.push("", `Resources of ${stack}: not compared; ${first}`, ...more.map((line) => `  ${line}`));
      continue;
    }
    lines.push(
      "",
      `Resources of ${stack}: the next \`pulumi up\` (or a person's deploy before it) has ${countsText(counted(changes))} because of it`,
    );
    if (breaksTraffic) lines.push("  ! what carries traffic would be replaced or deleted: requests fail meanwhile");
    for (const { depth, text } of changeLines(changes)) lines.push(`${"  ".repeat(depth + 1)}${text}`);
  }
  const { added, removed } = settings;
  lines.push("", `Settings: ${added.length + removed.length === 0 ? "the same" : ""}`.trimEnd());
  for (const path of added) lines.push(`  + ${path}`);
  for (const path of removed) lines.push(`  - ${path}: no longer a setting`);
  lines.push("", `Workflows: ${workflows.length === 0 ? "the same" : ""}`.trimEnd());
  for (const { path, template, state } of workflows) {
    if (state === "ours") lines.push(`  ~ ${path}: as the new version has it`);
    else if (state === "changed")
      lines.push(`  = ${path}: yours differs from the old version's, and stays; compare it with ${template}`);
    else lines.push(`  - ${path}: is not there, and is not written; the new version's is ${template}`);
  }
  return lines.join("\n");
}

interface Upgraded {
  to: string;
  stacks: readonly string[];
  /** Files that changed, from the project's folder. */
  added: readonly string[];
  removed: readonly string[];
  /** The tarball that package.json names, if it is not in the repository; else null. */
  outside: string | null;
}

/** Returns what to do after an upgrade. */
export function upgradedText({ to, stacks, added, removed, outside }: Upgraded): string {
  return [
    `\nInstalled ${to}. Next`,
    `  git add ${join(added)}`,
    ...(removed.length > 0 ? [`  git rm ${join(removed)}`] : []),
    "  git commit",
    ...(stacks.length > 0 ? ["then merge it into `main`, and there, while no run is unfinished"] : []),
    ...stacks.map((stack) => `  pulumi preview --stack ${stack} && pulumi up --stack ${stack}`),
    ...(outside === null
      ? []
      : [`\n! package.json names ${outside}, outside of the repository: \`npm ci\` of another clone does not find it`]),
  ].join("\n");
}
