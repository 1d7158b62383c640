/**
 * Characters of a text that becomes a comment or an issue on GitHub. Its limit is 65,536; the rest is for a marker and links to the job.
 */
export const MAX_TEXT = 64_000;

/** Escapes plain text for Markdown, so that nothing in it becomes markup, mentions anybody or links an issue. */
export function markdownText(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/[\\`*_[\]|~]/g, "\\$&")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/([@#])(?=\w)/g, "$1\u200b");
}

/** Returns a block of code whose fence is longer than any fence in its lines. */
export function fenced(lines: readonly string[], language = ""): string[] {
  const longest = Math.max(2, ...lines.flatMap((line) => (line.match(/`+/g) ?? []).map((run) => run.length)));
  const fence = "`".repeat(longest + 1);
  return [`${fence}${language}`, ...lines.map((line) => line.replace(/[\r\n]+/g, " ")), fence];
}
