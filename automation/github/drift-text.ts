import type { Drift } from "./drift";

/** What an issue on drift says, as Markdown. */
export function driftText(stack: string, drift: readonly Drift[]): string {
  const rows = drift.map(
    ({ what, type, name, properties }) =>
      `| ${what} | \`${name}\` | \`${type}\` | ${properties.map((property) => `\`${property}\``).join(", ")} |`,
  );
  return [
    `**${count(drift.length)} of stack \`${stack}\` ${drift.length === 1 ? "is" : "are"} not as the last \`up\` left ${drift.length === 1 ? "it" : "them"}.**`,
    "",
    "| what | resource | type | properties |",
    "| --- | --- | --- | --- |",
    ...rows,
    "",
    "Somebody changed them by hand, or AWS did. Values are not shown here, as they may be secret: see them by",
    "",
    `    pulumi refresh --preview-only --diff --stack ${stack}`,
    "",
    `If the change shall stay, write it into the program or the settings. If not, \`pulumi refresh --stack ${stack}\` takes the state to what is there, and`,
    `\`pulumi up --stack ${stack}\` then takes what is there back to the program. Neither moves traffic. What is gone comes back by the same two.`,
  ].join("\n");
}

export function driftTitle(stack: string, drift: readonly Drift[]): string {
  return `Drift: ${count(drift.length)} of ${stack} changed outside Pulumi`;
}

function count(resources: number): string {
  return `${resources} ${resources === 1 ? "resource" : "resources"}`;
}
