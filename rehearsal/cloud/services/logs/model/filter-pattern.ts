import { AwsError } from "../../../kernel/aws-error";

/** A term of letters, digits and `_`, or anything in double quotes; after a `?` one of several that are enough. */
const TERM = /\s*(\??)(?:"((?:[^"\\]|\\.)*)"|([A-Za-z0-9_]+))(?=\s|$)/y;

/**
 * Parses a filter pattern. Returns a function that is true for the lines that contain all terms, case-sensitively, or any of
 * them if all have a `?`. The rehearsal supports neither other terms beside those with a `?`, nor `-`, `{...}`, `[...]` or `%...%`.
 *
 * @throws AwsError `InvalidParameterException`
 */
export function parseFilterPattern(pattern: string): (line: string) => boolean {
  const terms: string[] = [];
  let optional = 0;
  const text = pattern.trim();
  TERM.lastIndex = 0;
  while (TERM.lastIndex < text.length) {
    const start = TERM.lastIndex;
    const [, mark, quoted, plain] = TERM.exec(text) ?? [];
    const term = plain ?? quoted?.replace(/\\(.)/g, "$1");
    if (mark) optional += 1;
    if (term === undefined || (optional > 0 && optional <= terms.length)) {
      throw new AwsError(
        "InvalidParameterException",
        `Invalid character(s) in term '${text.slice(start).trim()}': the rehearsal cloud supports terms of letters, digits and _, and text in double quotes, all with a ? or none`,
      );
    }
    terms.push(term);
  }
  if (optional > 0) return (line) => terms.some((term) => line.includes(term));
  return (line) => terms.every((term) => line.includes(term));
}
