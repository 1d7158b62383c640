import { type Document, isScalar, Scalar, visit } from "yaml";

/**
 * Words without quotes that Pulumi's CLI (gopkg.in/yaml.v3) reads as something else than YAML 1.2 does, which this program reads: octal
 * numbers such as 0644, binary ones, numbers with underscores, and days and times.
 */
const READ_OTHERWISE: readonly [form: RegExp, what: string][] = [
  [/^[-+]?0[0-9_]+$/, "an octal number"],
  [/^[-+]?0b[01_]+$/, "a binary number"],
  [/^[-+]?\d[\d_]*_[\d_]*$/, "a number"],
  [/^\d{4}-\d{1,2}-\d{1,2}(?:[Tt ].*)?$/, "a time"],
];

/** Returns a line for each value that Pulumi's CLI reads otherwise than this program. */
export function readOtherwise(document: Document.Parsed): string[] {
  const lines: string[] = [];
  visit(document, {
    Scalar(_key, node) {
      if (!isScalar(node) || node.type !== Scalar.PLAIN || node.source === undefined) return;
      const found = READ_OTHERWISE.find(([form]) => form.test(node.source!));
      if (found) lines.push(`${node.source} is ${found[1]} to Pulumi's CLI: put it in quotes, or write it in decimals`);
    },
  });
  return lines;
}
