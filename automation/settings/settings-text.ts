import { CONFIG_NAMESPACE } from "../../components/settings/settings";
import type { EffectiveSetting, Source } from "./effective";
import { flow } from "./flow";

/** Comments begin in this column, or right behind a longer line. */
const COMMENT_COLUMN = 52;

/**
 * The settings as YAML that could stand in the stack's file, with the source of each value as a comment.
 * @param file name of the stack's file
 */
export function settingsText(settings: readonly EffectiveSetting[], file: string): string {
  const lines: string[] = [];
  let before: readonly string[] = [];
  for (const { path, value, source } of settings) {
    const common = path.findIndex((key, place) => key !== before[place]);
    for (let depth = common; depth < path.length - 1; depth += 1) lines.push(`${keyAt(path, depth)}:`);
    const line = `${keyAt(path, path.length - 1)}: ${flow(value)}`;
    lines.push(`${line.padEnd(COMMENT_COLUMN)} # ${sourceText(source, file)}`);
    before = path;
  }
  return lines.join("\n");
}

/** Where a value comes from, in words. */
export function sourceText(source: Source, file: string): string {
  if (source.kind === "file") return `${file}:${source.line}`;
  return source.kind === "default" ? "default" : `derived from ${source.from}`;
}

/** The key with its indentation; at the top with its namespace. */
function keyAt(path: readonly string[], depth: number): string {
  const key = path[depth]!;
  return depth === 0 && !key.includes(":") ? `${CONFIG_NAMESPACE}:${key}` : `${"  ".repeat(depth)}${flow(key)}`;
}
