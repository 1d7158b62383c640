import { withoutAccounts } from "../core/without-accounts";
import { MAX_TEXT } from "../output/markdown";

/** Returns an invisible line by which a later job finds the comment or issue of an earlier job. */
export function marker(about: "preview" | "drift", stack: string): string {
  return `<!-- aoshingo ${about} of ${stack} -->`;
}

/** Returns the text with its marker and a link to the job, and without numbers of AWS accounts. A longer text than GitHub takes is cut: a preview fits as it is. */
export function marked(mark: string, markdown: string, runUrl: string): string {
  const text = withoutAccounts(markdown.trim());
  if (text.length <= MAX_TEXT) return `${mark}\n${text}\n\n[The job](${runUrl})`;
  return `${mark}\n${text.slice(0, MAX_TEXT)}\n\nThe rest is cut: see [the job](${runUrl}).`;
}

/**
 * Returns the first text with this marker that a job wrote. A text that a person wrote is never returned, even if it
 * quotes a marker.
 */
export function findMarked(
  mark: string,
  texts: readonly Record<string, unknown>[],
): Record<string, unknown> | undefined {
  return texts.find(
    ({ body, user }) => String(body ?? "").startsWith(mark) && (user as { type?: string } | undefined)?.type === "Bot",
  );
}
