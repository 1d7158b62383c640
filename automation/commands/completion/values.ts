import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Command } from "commander";
import { parse } from "yaml";
import { CONFIG_NAMESPACE } from "../../../components/settings/problem";
import { asMap, type Raw, type RawService, rawServices } from "../../../components/settings/rules/raw-service";
import { PROJECT_DIRECTORY } from "../../core/project-directory";
import { stackNamesIn } from "../../core/stack-files";
import { JOURNAL_EXTENSION, journalFolder } from "../../store/directory/paths";
import { late } from "../late";
import { type Candidate, onOneLine, type Paths, type ValuesOf, visibleCommands } from "./candidates";
import type { Position } from "./position";

/**
 * Values by the name that the help gives them, such as `<service>`. They are read from files of the project: nothing is
 * asked of AWS. A value that ends with `=`, `:` or `.` is not whole yet: shells put no blank behind it.
 * @param program whose commands `help` explains
 */
export function valuesFrom(program: Command): ValuesOf {
  const byName: Readonly<Record<string, (position: Position) => readonly Candidate[] | Paths>> = {
    stack: () => stackNamesIn(PROJECT_DIRECTORY).map((value) => ({ value })),
    service: (position) => servicesIn(position).map(candidate),
    job: (position) =>
      servicesIn(position)
        .filter(({ kind }) => kind === "job")
        .map(candidate),
    "service=image": (position) => servicesIn(position).map((one) => ({ ...candidate(one), value: `${one.name}=` })),
    "service:tag": (position) => servicesIn(position).map((one) => ({ ...candidate(one), value: `${one.name}:` })),
    setting: settings,
    run: ({ given }) => runsIn(given.get("--store") ?? process.env.AOSHINGO_STORE, given.get("--stack")),
    command: () => visibleCommands(program),
    path: () => "files",
    file: () => "files",
    directory: () => "directories",
  };
  return (name, position) => byName[name]?.(position);
}

function candidate({ name, kind }: RawService): Candidate {
  return { value: name, ...(kind ? { description: kind } : {}) };
}

function servicesIn(position: Position): RawService[] {
  const services = blocksIn(position, "services").flatMap(rawServices);
  return services.filter(({ name }, place) => services.findIndex((each) => each.name === name) === place);
}

/** A setting at the top, as the file of the stack has it that was named before, or as those of all stacks have it. */
function blocksIn({ given }: Position, setting: string): unknown[] {
  const stack = given.get("--stack");
  const stacks = stack ? [stack] : stackNamesIn(PROJECT_DIRECTORY);
  const configFile = given.get("--config-file");
  const files = configFile ? [configFile] : stacks.map((name) => join(PROJECT_DIRECTORY, `Pulumi.${name}.yaml`));
  return files.map((file) => configOf(file)[`${CONFIG_NAMESPACE}:${setting}`]);
}

/** A file that cannot be read has nothing to offer: the command itself says why. */
function configOf(file: string): Raw {
  try {
    return asMap(asMap(parse(readFileSync(file, "utf8"))).config);
  } catch {
    return {};
  }
}

/** The settings one level below the keys that are typed. A block ends with its point, so that its settings can follow. */
function settings(position: Position): Candidate[] {
  const { ANY, settingTree, withAllBelow } = late.settingTree();
  const typed = position.current.split(".").slice(0, -1);
  const isTyped = (path: readonly string[]) =>
    path.length > typed.length && typed.every((key, place) => path[place] === key || path[place] === ANY);
  const names = namesOf(typed, position);
  const found = new Map<string, Candidate>();
  for (const { path, description, isDeprecated } of withAllBelow(settingTree())) {
    if (isDeprecated || !isTyped(path)) continue;
    const next = path[typed.length]!;
    const isBlock = path.length > typed.length + 1;
    for (const key of next === ANY ? names : [next]) {
      const value = [...typed, key].join(".");
      const about = found.get(value)?.description ?? (isBlock ? undefined : onOneLine(description));
      found.set(value, {
        value: isBlock ? `${value}.` : value,
        ...(about === undefined ? {} : { description: about }),
      });
    }
  }
  return [...found.values()];
}

/** The keys that users chose: names of services and databases. */
function namesOf([block = "", ...further]: readonly string[], position: Position): string[] {
  if (further.length > 0) return [];
  return [...new Set(blocksIn(position, block).flatMap((each) => Object.keys(asMap(each))))];
}

/** Ids of a stack's runs in a local store, the newest first. Those in the stack's bucket would take a request. */
function runsIn(store: string | undefined, stack: string | undefined): Candidate[] {
  if (!store || !stack) return [];
  const folder = journalFolder(join(store, stack));
  if (!existsSync(folder)) return [];
  const journals = readdirSync(folder).filter((file) => file.endsWith(JOURNAL_EXTENSION));
  return journals
    .sort()
    .reverse()
    .map((file) => ({ value: basename(file, JOURNAL_EXTENSION) }));
}
