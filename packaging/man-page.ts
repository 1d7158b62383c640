import type { Command } from "commander";

/** A command with its whole name, such as `aoshingo github drift`. */
interface Named {
  readonly name: string;
  readonly command: Command;
}

/** A list of commands under a heading of the help. */
interface Group {
  readonly heading: string;
  readonly commands: readonly Command[];
}

/**
 * The manual page in roff with man's macros, from commander's tree alone.
 * @param program the command line
 * @param ownTrees the trees of the commands that are programs of their own, by name
 */
export function manPage(program: Command, ownTrees: ReadonlyMap<string, Command>, version: string): string {
  const name = program.name();
  const groups = groupsOf(program);
  const named = groups
    .flatMap(({ commands }) => commands)
    .filter((command) => command.name() !== "help")
    .flatMap((command) => withThoseBelow(`${name} ${command.name()}`, ownTrees.get(command.name()) ?? command));
  return [
    `.TH ${name.toUpperCase()} 1 "" "${name} ${version}" "User Commands"`,
    ".SH NAME",
    `${name} \\- ${plain(lowerFirst(program.description()))}`,
    ".SH SYNOPSIS",
    `.B ${name}\n.I command\n.RI [ options ]\n.RI [ arguments ]`,
    ".SH DESCRIPTION",
    `Run it in the folder of a Pulumi project as \\fBnpx ${name}\\fR. The commands:`,
    ...groups.flatMap(({ heading, commands }) => [
      `.SS "${plain(heading.replace(/:$/, ""))}"`,
      ...commands.flatMap((command) => item(`\\fB${plain(command.name())}\\fR`, command.description())),
    ]),
    ".SH COMMANDS",
    ...named.flatMap(sectionOf),
    ".SH EXIT STATUS",
    `Each command says its own. Of those that change what runs:\n${verbatim(afterHelp(program))}`,
    ".SH FILES",
    ...item("\\fIPulumi.yaml\\fR", "The project. The commands look for it in the working directory and above."),
    ...item("\\fIPulumi.<stack>.yaml\\fR", `Settings of a stack. "${name} explain" lists what there is.`),
    ".SH SEE ALSO",
    ".BR pulumi (1)",
    "",
  ].join("\n");
}

function groupsOf(program: Command): Group[] {
  const help = program.createHelp();
  const grouped = help.groupItems([...program.commands], help.visibleCommands(program), (command) =>
    command.helpGroup(),
  );
  return [...grouped]
    .map(([heading, commands]) => ({ heading, commands }))
    .filter(({ commands }) => commands.length > 0);
}

function withThoseBelow(name: string, command: Command): Named[] {
  const below = command.commands.filter((each) => each.name() !== "help");
  return below.length > 0
    ? below.flatMap((each) => withThoseBelow(`${name} ${each.name()}`, each))
    : [{ name, command }];
}

function sectionOf({ name, command }: Named): string[] {
  const help = command.createHelp();
  const more = afterHelp(command);
  return [
    `.SS "${plain(`${name} ${command.usage()}`)}"`,
    paragraph(command.description()),
    ...help
      .visibleArguments(command)
      .flatMap((argument) => item(`\\fI${plain(argument.name())}\\fR`, help.argumentDescription(argument))),
    ...help
      .visibleOptions(command)
      .filter(({ long }) => long !== "--help")
      .flatMap((option) => item(`\\fB${plain(help.optionTerm(option))}\\fR`, help.optionDescription(option))),
    ...(more === "" ? [] : [verbatim(more)]),
  ];
}

/** What a command's help has behind its options: examples, exit codes. */
function afterHelp(command: Command): string {
  let text = "";
  const before = command.configureOutput();
  command.configureOutput({ ...before, writeOut: (part) => (text += part) });
  command.outputHelp();
  command.configureOutput(before);
  return text.slice(command.helpInformation().length).trim();
}

function item(term: string, description: string): string[] {
  return [".TP", term, paragraph(description)];
}

function paragraph(text: string): string {
  return text === "" ? "" : atLineStart(plain(text));
}

/** Lines as they are. */
function verbatim(text: string): string {
  return [".PP", ".nf", ...text.split("\n").map((line) => atLineStart(plain(line))), ".fi"].join("\n");
}

/** Text in which nothing is a command to roff: a hyphen stays one that can be copied. */
function plain(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replaceAll('"', "\\(dq").replaceAll("`", "\\(ga");
}

/** A point or an apostrophe at the beginning of a line would be a request. */
function atLineStart(line: string): string {
  return /^[.']/.test(line) ? `\\&${line}` : line;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
