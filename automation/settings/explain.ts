import { COLUMNS } from "../core/columns";
import { wrapped } from "../output/wrapped";
import type { EffectiveSetting, Source } from "./effective";
import { exampleOf } from "./example";
import type { Found } from "./find-setting";
import { flow } from "./flow";
import { pageOf } from "./pages";
import { ANY, pathText, type Setting } from "./setting-tree";
import { sourceText } from "./settings-text";

/** A block with more values than this is left to the command `settings`. */
const MOST_VALUES = 12;

/** Units that names of settings end with, or stand for. */
const UNITS: readonly (readonly [name: RegExp, unit: string])[] = [
  [/Seconds$/, "seconds"],
  [/Days$/, "days"],
  [/GiB$/, "GiB"],
  [/^memory$/, "MiB"],
  [/^cpu$/, "CPU units: 1024 are one vCPU"],
  [/Percent$/, "percent"],
  [/PerMinute$/, "requests per minute"],
];

/** The end of a description of a setting whose default is computed, or none. */
const DEFAULT_IN_WORDS = / ?\bDefault: (.+?)\.?$/;

/** What there is to say about a setting. */
export interface Explanation {
  readonly path: string;
  readonly description: string;
  readonly wanted: string;
  readonly unit: string | null;
  readonly whenAbsent: Setting["whenAbsent"];
  /** Null if there is none, or if it is computed: then `defaultText` says how. */
  readonly default: unknown;
  readonly defaultText: string | null;
  /** Lines of YAML, below `config`. */
  readonly example: readonly string[];
  /** The page of `docs` that says more. */
  readonly page: string;
  /** What is in a block. */
  readonly settings: readonly { readonly path: string; readonly description: string }[];
}

/** Explains a setting that was found by its path. */
export function explanationOf({ setting, path }: Found): Explanation {
  const [, defaultText = null] = DEFAULT_IN_WORDS.exec(setting.description) ?? [];
  return {
    path: pathText(path),
    description: setting.description.replace(DEFAULT_IN_WORDS, ""),
    wanted: setting.wanted,
    unit: UNITS.find(([name]) => name.test(setting.path.at(-1)!))?.[1] ?? null,
    whenAbsent: setting.whenAbsent,
    default: setting.default ?? null,
    defaultText,
    example: exampleOf(setting),
    page: pageOf(setting.path),
    settings: listOf(setting.settings),
  };
}

/** Settings side by side, each with what it does. */
export function listOf(settings: readonly Setting[]): Explanation["settings"] {
  return settings
    .filter(({ isDeprecated }) => !isDeprecated)
    .map(({ path, description }) => ({ path: pathText(path), description }));
}

/**
 * The explanation in lines of 80 columns.
 * @param pageText path of the page, as seen from the working directory
 * @param inStack the values in a stack; null without one
 */
export function explanationText(
  explanation: Explanation,
  pageText: string,
  inStack: { stack: string; file: string; values: readonly EffectiveSetting[] } | null,
): string {
  const { path, description, wanted, unit, settings, example } = explanation;
  const rows: (readonly [string, readonly string[]])[] = [
    ["wanted", [wanted]],
    ["unit", unit === null ? [] : [unit]],
    ["default", defaultLine(explanation)],
    ...(inStack ? [[`in ${inStack.stack}`, valueLines(path, inStack)] as const] : []),
    ["example", example],
    ["more in", [pageText]],
  ];
  const lines = [path, "", ...wrapped(description, COLUMNS), "", ...rows.flatMap(rowLines)];
  if (settings.length > 0) lines.push("", `In ${settings[0]!.path.replace(/\.[^.]+$/, "")}:`, listText(settings, "  "));
  return lines.join("\n");
}

/** One line for each setting: its own name, and the beginning of what it does. */
export function listText(settings: Explanation["settings"], indent = ""): string {
  const names = settings.map(({ path }) => path.slice(path.lastIndexOf(".") + 1));
  const longest = Math.max(...names.map((name) => name.length));
  return settings
    .map(({ description }, place) => cut(`${indent}${names[place]!.padEnd(longest)}  ${description}`))
    .join("\n");
}

/** Where a value comes from, for `--json`. */
export function sourceJson(source: Source, file: string): Record<string, unknown> {
  if (source.kind === "file") return { source: "file", file, line: source.line };
  return source.kind === "derived" ? { source: "derived", from: source.from } : { source: "default" };
}

const LABEL_WIDTH = 10;

function rowLines([label, texts]: readonly [string, readonly string[]]): string[] {
  const width = Math.max(LABEL_WIDTH, label.length + 2);
  return texts
    .flatMap((text) => (label === "example" ? [text] : wrapped(text, COLUMNS - width - 2)))
    .map((line, place) => `  ${(place === 0 ? label : "").padEnd(width)}${line}`);
}

function defaultLine({ default: value, defaultText, whenAbsent }: Explanation): string[] {
  if (defaultText !== null) return [defaultText];
  if (whenAbsent === "refused") return ["none: it has to be set"];
  if (whenAbsent === "nothing" || isEmpty(value)) return ["none"];
  return [value === null ? "those of what is in it" : flow(value)];
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

function valueLines(
  path: string,
  { stack, file, values }: { stack: string; file: string; values: readonly EffectiveSetting[] },
): string[] {
  if (values.length === 0) return ["not set"];
  if (values.length > MOST_VALUES)
    return [`${values.length} values: npx aoshingo settings --stack ${stack}${path.includes(ANY) ? "" : ` ${path}`}`];
  return values.map((each) => {
    const name = pathText(each.path);
    return `${name === path ? "" : `${name}: `}${flow(each.value)} (${sourceText(each.source, file)})`;
  });
}

function cut(line: string): string {
  return line.length <= COLUMNS ? line : `${line.slice(0, COLUMNS - 1)}…`;
}
