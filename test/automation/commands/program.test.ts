import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import type { Command, CommanderError } from "commander";
import { HELP_GROUPS } from "../../../automation/commands/help-groups";
import { buildProgram } from "../../../automation/commands/program";
import { OWN_PROGRAMS } from "../../../automation/commands/programs";
import { NODE_ARGUMENTS } from "../../../automation/core/package-directory";

const WIDTH = 80;
const { scripts } = JSON.parse(readFileSync(join(__dirname, "../../../package.json"), "utf8")) as {
  scripts: Record<string, string>;
};

/** What a command line printed, on either stream, and how it ended. */
async function said(...args: string[]): Promise<{ text: string; error: CommanderError }> {
  const program = buildProgram();
  let text = "";
  const write = (chunk: string) => {
    text += chunk;
  };
  for (const command of [program, ...program.commands]) command.configureOutput({ writeOut: write, writeErr: write });
  const error = await program.parseAsync(args, { from: "user" }).then(
    () => assert.fail("it did not end"),
    (error: CommanderError) => error,
  );
  return { text, error };
}

function visibleCommands(): Command[] {
  const program = buildProgram();
  return program
    .createHelp()
    .visibleCommands(program)
    .filter((command) => command.name() !== "help");
}

/** Prints how many modules of the settings, of YAML and of zod are loaded with all commands: each start would pay for them. */
const LOADED = `
require("./automation/commands/program").buildProgram();
console.log(Object.keys(require.cache).filter((path) => /core\\/project\\.|node_modules\\/(yaml|zod)\\//.test(path)).length);
`;

describe("the command line", () => {
  it("loads no settings, schemas and stores before a command needs them", () => {
    const printed = execFileSync(process.execPath, [...NODE_ARGUMENTS, "-e", LOADED], {
      cwd: join(__dirname, "../../.."),
      encoding: "utf8",
    });
    assert.equal(printed, "0\n");
  });

  // test/help.test.ts looks at the programs of their own.
  for (const command of visibleCommands().filter((each) => !Object.hasOwn(OWN_PROGRAMS, each.name()))) {
    const name = command.name();
    const needsStack = command.options.some(({ long, mandatory }) => long === "--stack" && mandatory);

    describe(name, () => {
      if (name !== "completion")
        it("has a script of its name", () => {
          assert.include(scripts[name], `automation/cli.ts ${name}`);
        });

      it("tells by --help what it does, by an example how, and how it may end, in 80 columns", async () => {
        const { text, error } = await said(name, "--help");
        assert.equal(error.exitCode, 0);
        assert.match(text, /\nExamples?:\n {2}npx aoshingo /);
        assert.match(text, new RegExp(`npx aoshingo ${name} ${needsStack ? "--stack (prod|trial)" : ""}`));
        assert.match(text, /\nExit codes: 0 [^\0]* 1 [^\0]* 2 wrong use or settings/);
        for (const line of text.split("\n")) assert.isAtMost(line.length, WIDTH, line);
        assert.notInclude(text, "\u001b");
        if (command.options.some(({ long }) => long === "--store")) assert.match(text, /default:\s+AOSHINGO_STORE,/);
        for (const { flags, description } of command.options) assert.isNotEmpty(description, flags);
      });

      // An empty stack would be the one that is selected in Pulumi, and an empty reason tells nobody anything.
      const refusedEmpty = command.options.filter(
        ({ long, mandatory, required }) =>
          (long === "--stack" && mandatory) || (required && long?.startsWith("--despite-")),
      );
      for (const { long } of refusedEmpty)
        it(`refuses ${long} without a value, such as that of a variable that is not set`, async () => {
          for (const value of ["", " ", "two\nlines"]) {
            const { text, error } = await said(name, `${long}=${value}`);
            assert.equal(error.exitCode, 1, "which endWith makes 2");
            assert.match(text, new RegExp(`^error: option '${long} <\\w+>' argument '[^']*' is invalid. wanted `));
          }
        });

      // A shorter name has no other one near enough.
      const longest = command.options.find(({ mandatory, long }) => !mandatory && long!.length > "--json".length);
      if (longest)
        it("suggests the option that was meant", async () => {
          const mandatory = command.options.filter((option) => option.mandatory).flatMap(({ long }) => [long!, "x"]);
          const option = longest.long!;
          const typed = `${option.slice(0, -2)}${option.at(-1)}${option.at(-2)}`;
          const { text, error } = await said(name, ...mandatory, typed, "x");
          assert.notEqual(error.exitCode, 0);
          assert.equal(text, `error: unknown option '${typed}'\n(Did you mean ${option}?)\n`);
        });

      it("is in a group of the list of commands", () => {
        assert.include(Object.values(HELP_GROUPS), command.helpGroup());
      });

      if (needsStack)
        it("needs the stack's name", async () => {
          const args = command.registeredArguments.map(() => "users=v2");
          const { text } = await said(name, ...args);
          assert.match(text, /required option '--stack <name>' not specified/);
        });
    });
  }

  it("explains a value in a file of settings only with its stack", async () => {
    const { error } = await said("explain", "services.users.size", "--config-file", "other.yaml");
    assert.equal(
      error.message,
      "--config-file other.yaml is given without --stack: wanted both, to show the value there",
    );
    assert.equal(error.exitCode, 2);
  });

  it("lists the commands in groups, each with a few words of what it does", async () => {
    const { text } = await said("--help");
    const [, deploying = "", goingBack = ""] = /\nDeploying:\n([\s\S]+?)\n\nGoing back:\n([\s\S]+?)\n\n/.exec(text)!;
    assert.match(deploying, /^ {2}plan +Show what a deploy would do$/m);
    assert.match(deploying, /^ {2}deploy +Deploy new releases$/m);
    assert.match(goingBack, /^ {2}rollback +Make the previous release active again$/m);
    assert.deepEqual(text.match(/^\S.*:$/gm), ["Options:", ...Object.values(HELP_GROUPS)]);
    assert.notInclude(text, "\nCommands:\n", "a command without a group");
  });

  it("shows all commands, and suggests the one that was meant", async () => {
    const { text } = await said("--help");
    for (const command of visibleCommands()) assert.include(text, `  ${command.name()} `);
    assert.match(text, /\nExit codes: /);
    for (const line of text.split("\n")) assert.isAtMost(line.length, WIDTH, line);
    assert.include((await said("stauts")).text, "(Did you mean status?)");
  });
});
