import { AwsError } from "../../../kernel/aws-error";

/** A term of letters, digits and `_`, or anything in double quotes. */
const TERM = /\s*(?:"((?:[^"\\]|\\.)*)"|([A-Za-z0-9_]+))(?=\s|$)/y;

/**
 * Parses a filter pattern. Returns a function that is true for the lines that contain all terms, case-sensitively. The
 * rehearsal supports only terms, not `?`, `-`, `{...}`, `[...]` or `%...%`.
 *
 * @throws AwsError `InvalidParameterException`
 */
export function parseFilterPattern(pattern: string): (line: string) => boolean {
  const terms: string[] = [];
  const text = pattern.trim();
  TERM.lastIndex = 0;
  while (TERM.lastIndex < text.length) {
    const start = TERM.lastIndex;
    const [, quoted, plain] = TERM.exec(text) ?? [];
    const term = plain ?? quoted?.replace(/\\(.)/g, "$1");
    if (term === undefined) {
      throw new AwsError(
        "InvalidParameterException",
        `Invalid character(s) in term '${text.slice(start).trim()}': the rehearsal cloud supports terms of letters, digits and _, and text in double quotes`,
      );
    }
    terms.push(term);
  }
  return (line) => terms.every((term) => line.includes(term));
}
