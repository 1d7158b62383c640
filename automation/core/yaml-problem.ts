import type { Document, YAMLParseError } from "yaml";

/** A key at the beginning of a text: in quotes, or up to its colon. */
const KEY = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\n,]+?(?=\s*:(?:\s|$)))/;

/** Returns one line about the first thing in a file that is not YAML; undefined if all of it is. */
export function yamlProblem(name: string, text: string, { errors: [error] }: Document.Parsed): string | undefined {
  return error && `${name} is not YAML: ${error.code === "DUPLICATE_KEY" ? duplicate(text, error) : first(error)}`;
}

function duplicate(text: string, { pos: [start], linePos }: YAMLParseError): string {
  const [key = "a key"] = KEY.exec(text.slice(start)) ?? [];
  return `${key} is there a second time in line ${linePos?.[0].line}: wanted each key once in its block`;
}

/** The first line of an error; an excerpt of the file follows it after a colon. */
function first({ message }: YAMLParseError): string {
  return message.split("\n")[0]!.replace(/:$/, "");
}
