/** GitHub's limit for a comment or an issue (65,536 characters), less what is added to a text that is cut. */
const MAX_CHARACTERS = 65_000;

/** Returns an invisible line by which a later job finds the comment or issue of an earlier job. */
export function marker(about: "preview" | "drift", stack: string): string {
  return `<!-- aoshingo ${about} of ${stack} -->`;
}

/** Returns the text with its marker and a link to the job, cut to GitHub's limit. */
export function marked(mark: string, markdown: string, runUrl: string): string {
  const text = `${mark}\n${markdown.trim()}\n\n[The job](${runUrl})`;
  if (text.length <= MAX_CHARACTERS) return text;
  return `${text.slice(0, MAX_CHARACTERS)}\n\n</details>\n\nThe rest is cut: see [the job](${runUrl}).`;
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
