import { type Command, Help, type Option } from "commander";

/** Headings under which `--help` lists the commands, in their order. Each command names its own (`helpGroup`). */
export const HELP_GROUPS = {
  deploying: "Deploying:",
  goingBack: "Going back:",
  looking: "Looking:",
  services: "Services:",
  settings: "Settings:",
  rehearsing: "Rehearsing, on this machine:",
  project: "This project:",
} as const;

/** Ends the part of a description that says what a command does; details follow. */
const DETAILS = /[:;.] /;

/** The list of commands: their names, and what each does in a few words. `COMMAND --help` has the rest. */
export const LIST_OF_COMMANDS = {
  subcommandTerm: (command: Command) => command.name(),
  subcommandDescription: (command: Command) => command.summary() || inShort(command.description()),
  groupItems<T extends Command | Option>(this: Help, all: T[], visible: T[], groupOf: (item: T) => string) {
    const order: readonly string[] = Object.values(HELP_GROUPS);
    const groups = Help.prototype.groupItems.call(this, all, visible, groupOf as never) as Map<string, T[]>;
    return new Map([...groups].sort(([one], [other]) => order.indexOf(one) - order.indexOf(other)));
  },
} satisfies Partial<Help>;

/** Returns a description up to its details. */
export function inShort(description: string): string {
  return description.split(DETAILS)[0]!;
}
