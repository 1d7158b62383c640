import type { Command } from "commander";
import { inShort } from "../help-groups";
import { type Position, positionIn } from "./position";

/** One word that can stand there. */
export interface Candidate {
  readonly value: string;
  readonly description?: string;
}

/** Names of files or of directories, which a shell lists itself. */
export type Paths = "files" | "directories";

/** Knows the values of an option or of an argument by its name; undefined if nothing is known of them. */
export type ValuesOf = (name: string, position: Position) => readonly Candidate[] | Paths | undefined;

/**
 * The words that can stand in the place of the last one, from the command tree alone: a command or an option that is added
 * there is completed, too.
 */
export function candidatesFor(
  program: Command,
  words: readonly string[],
  valuesOf: ValuesOf,
): readonly Candidate[] | Paths {
  const position = positionIn(program, words);
  const found = possible(position, valuesOf);
  if (typeof found === "string") return found;
  return found
    .filter(({ value }) => value.startsWith(position.current))
    .map((each) => ({ ...each, value: position.before + each.value }));
}

function possible(position: Position, valuesOf: ValuesOf): readonly Candidate[] | Paths {
  const { command, current, option, argument, isBehindDashes } = position;
  if (option) return choices(option.argChoices) ?? valuesOf(nameOf(option), position) ?? [];
  if (current.startsWith("-") && !isBehindDashes) return optionsOf(position);
  const below = visibleCommands(command);
  if (below.length > 0) return below;
  if (!argument) return isBehindDashes ? [] : optionsOf(position);
  return choices(argument.argChoices) ?? valuesOf(argument.name(), position) ?? [];
}

/** The commands below a command that its help lists. */
export function visibleCommands(command: Command): Candidate[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((each) => ({ value: each.name(), description: each.summary() || inShort(each.description()) }));
}

/** An option by its long name, if values are known by that, else by what its help calls the value. */
function nameOf({ long, flags }: { long?: string | undefined; flags: string }): string {
  const [, placeholder = ""] = /[<[]([^\]>.]+)/.exec(flags) ?? [];
  return long === "--stack" ? "stack" : placeholder;
}

/** Returns the options of the command that were not given before, and those that may be given again. */
function optionsOf({ command, given }: Position): Candidate[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .filter(({ long, variadic }) => variadic || !given.has(long ?? ""))
    .map(({ long, short, description }) => ({ value: long ?? short ?? "", description: onOneLine(description) }));
}

function choices(values: readonly string[] | undefined): Candidate[] | undefined {
  return values?.map((value) => ({ value }));
}

/** The longest description that leaves room for the word on a line. */
const LONGEST_DESCRIPTION = 60;

/** The first sentence of a description, without what stands in brackets, and cut where it is too long for a list. */
export function onOneLine(description: string): string {
  const [sentence = ""] = description.replace(/ ?\([^()]*\)/g, "").split(/\.(?: |$)/);
  return sentence.length <= LONGEST_DESCRIPTION ? sentence : `${sentence.slice(0, LONGEST_DESCRIPTION - 1)}…`;
}
