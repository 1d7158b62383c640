import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Document, isScalar, parse, visit } from "yaml";
import { CONFIG_NAMESPACE } from "../../components/settings/settings";
import { DOCS_DIRECTORY } from "../core/package-directory";
import { isMap, YAML_STYLE } from "./flow";
import { ANY, type Setting } from "./setting-tree";

/** Has every setting, with a value that makes sense. */
const EXAMPLE = "settings.example.yaml";
/** A block with more lines shows nothing that the list of its settings does not. */
const MOST_LINES = 14;

/**
 * Returns lines of YAML that set it, below `config`, as docs/settings.example.yaml does.
 * @returns none for a large block, and for what stands there in several lines of a comment
 */
export function exampleOf({ path }: Setting): string[] {
  const text = readFileSync(join(DOCS_DIRECTORY, EXAMPLE), "utf8");
  const { config } = parse(text) as { config: Record<string, unknown> };
  const [first = "", ...rest] = path;
  const key = `${CONFIG_NAMESPACE}:${first}`;
  const shown = along(config[key], rest) ?? nested(rest, commented(text, path.at(-1)!));
  if (shown === undefined) return [];
  const lines = yamlLines({ [key]: shown });
  return lines.length > MOST_LINES ? [] : lines;
}

/**
 * The value at the path, with nothing beside it. Of a map or a list whose keys users choose it takes the first entry that
 * has the rest.
 */
function along(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined || value === undefined) return value;
  if (Array.isArray(value)) {
    const found = value.map((entry) => along(entry, rest)).find((entry) => entry !== undefined);
    return found === undefined ? undefined : [found];
  }
  if (!isMap(value)) return undefined;
  for (const one of key === ANY ? Object.keys(value) : [key]) {
    const found = along(value[one], rest);
    if (found !== undefined) return { [one]: found };
  }
  return undefined;
}

/** The value of a setting that stands as a comment, because it excludes others: `# vpc: vpc-0123456789abcdef0`. */
function commented(text: string, name: string): unknown {
  const [line] = new RegExp(`(?<=^ +# )${name}: [^|\\n]+$`, "m").exec(text) ?? [];
  return line === undefined ? undefined : (parse(line) as Record<string, unknown>)[name];
}

function nested([key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined || value === undefined) return value;
  return { [key === ANY ? "main" : key]: nested(rest, value) };
}

/** As people write YAML: lists of words and numbers on one line. */
function yamlLines(value: unknown): string[] {
  const document = new Document(value, YAML_STYLE);
  visit(document, {
    Seq: (_, list) => {
      list.flow = list.items.every(isScalar);
    },
  });
  return document.toString(YAML_STYLE).trimEnd().split("\n");
}
