import type { Argument, Command, Option } from "commander";

/** Where on a command line the word is that is being typed. */
export interface Position {
  readonly command: Command;
  /** The word as far as it is typed; behind `--option=` the value alone. */
  readonly current: string;
  /** What stands in the same word before `current`: `--option=`, or nothing. */
  readonly before: string;
  /** Set if the word is a value of this option. */
  readonly option: Option | undefined;
  /** The argument that the word would be; undefined if the command has no more. */
  readonly argument: Argument | undefined;
  /** True behind `--`: no word is an option any more. */
  readonly isBehindDashes: boolean;
  /** Values of the options before, by their long names. */
  readonly given: ReadonlyMap<string, string>;
}

/**
 * Follows the words from a command to the last one, which is being typed.
 * @param words without the program's own name; the last may be empty
 */
export function positionIn(root: Command, words: readonly string[]): Position {
  let command = root;
  let place = 0;
  let open: Option | undefined;
  let isBehindDashes = false;
  const given = new Map<string, string>();
  for (const word of words.slice(0, -1)) {
    const isOption = word.startsWith("-") && !isBehindDashes;
    if (open && !isOption) {
      given.set(open.long ?? "", word);
      if (!open.variadic) open = undefined;
    } else if (word === "--") isBehindDashes = true;
    else if (isOption) {
      const [name = "", value] = word.split(/=(.*)/s);
      const option = optionOf(command, name);
      if (option && value !== undefined) given.set(option.long ?? "", value);
      else if (option) given.set(option.long ?? "", given.get(option.long ?? "") ?? "");
      open = option && takesValue(option) && value === undefined ? option : undefined;
    } else {
      const below = place === 0 ? command.commands.find((each) => each.name() === word) : undefined;
      if (below) command = below;
      else place += 1;
    }
  }
  const last = words.at(-1) ?? "";
  const [, name, inline] = isBehindDashes ? [] : (/^(--[^=]+)=(.*)$/s.exec(last) ?? []);
  const inlineOption = name === undefined ? undefined : optionOf(command, name);
  const { registeredArguments: known } = command;
  const next = known[place] ?? (known.at(-1)?.variadic ? known.at(-1) : undefined);
  return {
    command,
    current: inlineOption ? (inline ?? "") : last,
    before: inlineOption ? `${name}=` : "",
    option: inlineOption ?? (last.startsWith("-") && !isBehindDashes ? undefined : open),
    argument: next,
    isBehindDashes,
    given,
  };
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

function optionOf(command: Command, name: string): Option | undefined {
  return command.options.find(({ long, short }) => name === long || name === short);
}
