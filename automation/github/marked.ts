/** What GitHub takes of a comment or an issue (65,536 characters), less what is added to a text that is cut. */
const MAX_CHARACTERS = 65_000;

/** A line that nobody sees, by which a later job finds what an earlier one wrote about the same thing. */
export function marker(about: "preview" | "drift", stack: string): string {
  return `<!-- aoshingo ${about} of ${stack} -->`;
}

/** The text with its marker, cut to what GitHub takes, with a link to the job that has the rest. */
export function marked(mark: string, markdown: string, runUrl: string): string {
  const text = `${mark}\n${markdown.trim()}\n\n[The job](${runUrl})`;
  if (text.length <= MAX_CHARACTERS) return text;
  return `${text.slice(0, MAX_CHARACTERS)}\n\n</details>\n\nCut here: [the job](${runUrl}) has the rest.`;
}

/** The first of those that a job wrote under this marker. People's texts are left alone, whatever they quote. */
export function findMarked(
  mark: string,
  texts: readonly Record<string, unknown>[],
): Record<string, unknown> | undefined {
  return texts.find(
    ({ body, user }) => String(body ?? "").startsWith(mark) && (user as { type?: string } | undefined)?.type === "Bot",
  );
}
