import { expect } from "chai";
import { Command, Option } from "commander";
import { candidatesFor, onOneLine } from "../../../../automation/commands/completion/candidates";
import { buildProgram } from "../../../../automation/commands/program";

/** A tree with everything that a command line can have. */
function program(): Command {
  return new Command("tool")
    .addCommand(
      new Command("deploy")
        .description("Deploy: warm, cut over")
        .argument("<service=image...>")
        .option("--stack <name>", "Pulumi stack")
        .option("--env <pair...>", "variables")
        .option("-w, --wait [time]", "wait (default: no)")
        .addOption(new Option("--colour <colour>").choices(["blue", "green"]))
        .addOption(new Option("--secret").hideHelp())
        .option("--config-file <path>")
        .option("--json"),
    )
    .addCommand(new Command("logs").argument("<service>").argument("[words...]"))
    .addCommand(new Command("stop"))
    .addCommand(new Command("of").addCommand(new Command("inner").argument("<service>").option("--deep")))
    .addCommand(new Command("complete"), { hidden: true });
}

const VALUES: Record<string, string[]> = {
  stack: ["prod", "staging"],
  service: ["users"],
  "service=image": ["users="],
};
const valuesOf = (name: string) => (name === "path" ? "files" : VALUES[name]?.map((value) => ({ value })));

describe("candidatesFor", () => {
  const of = (...words: string[]) => {
    const found = candidatesFor(program(), words, valuesOf);
    return typeof found === "string" ? found : found.map(({ value }) => value);
  };

  const cases: [what: string, words: string[], wanted: string[] | string][] = [
    ["commands, without hidden ones", [""], ["deploy", "logs", "stop", "of", "help"]],
    ["commands that begin like the word", ["de"], ["deploy"]],
    ["nothing for an unknown beginning", ["x"], []],
    ["options of a command", ["deploy", "--s"], ["--stack"]],
    [
      "only options without a hidden one",
      ["deploy", "--"],
      ["--stack", "--env", "--wait", "--colour", "--config-file", "--json", "--help"],
    ],
    [
      "no option that was given, unless it may come again",
      ["deploy", "--json", "--env", "A=1", "--"],
      ["--stack", "--env", "--wait", "--colour", "--config-file", "--help"],
    ],
    ["choices of an option", ["deploy", "--colour", ""], ["blue", "green"]],
    ["choices in the same word", ["deploy", "--colour=g"], ["--colour=green"]],
    ["values of an option", ["deploy", "--stack", "p"], ["prod"]],
    ["paths", ["deploy", "--config-file", ""], "files"],
    ["nothing for values that nobody knows", ["deploy", "--env", ""], []],
    ["more values of an option that takes several", ["deploy", "--env", "A=1", "--stack", ""], ["prod", "staging"]],
    ["nothing but more values while such an option takes them", ["deploy", "--env", "A=1", "B=2", ""], []],
    ["an argument", ["logs", ""], ["users"]],
    ["an argument behind an option with its value", ["deploy", "--stack", "prod", ""], ["users="]],
    ["an argument behind an option with its value in one word", ["deploy", "--stack=prod", ""], ["users="]],
    ["an argument behind an option without value", ["deploy", "--json", ""], ["users="]],
    ["more arguments, where there may be several", ["deploy", "users=v1", ""], ["users="]],
    ["the second argument, of which nothing is known", ["logs", "users", ""], []],
    ["options where no argument is left", ["stop", ""], ["--help"]],
    ["no options behind --", ["deploy", "--", "--"], []],
    ["arguments behind --", ["deploy", "--", "u"], ["users="]],
    ["commands below a command", ["of", ""], ["inner", "help"]],
    ["what is below them", ["of", "inner", "--d"], ["--deep"]],
    ["nothing for an option that there is not", ["deploy", "--nothing", "--x"], []],
  ];
  for (const [what, words, wanted] of cases)
    it(`finds ${what}`, () => {
      expect(of(...words)).to.deep.equal(wanted);
    });

  it("describes commands and options in a few words", () => {
    expect(candidatesFor(program(), ["dep"], valuesOf)).to.deep.equal([{ value: "deploy", description: "Deploy" }]);
    expect(candidatesFor(program(), ["deploy", "--w"], valuesOf)).to.deep.equal([
      { value: "--wait", description: "wait" },
    ]);
  });

  it("knows every command and option of aoshingo, without a list of them", () => {
    const real = buildProgram();
    const wordsFor = (words: string[]) => {
      const found = candidatesFor(real, words, () => []);
      return typeof found === "string" ? [] : found.map(({ value }) => value);
    };
    const visible = real.createHelp().visibleCommands(real);
    expect(wordsFor([""])).to.deep.equal(visible.map((command) => command.name()));
    expect(wordsFor([""]))
      .to.include.members(["deploy", "rehearse", "explain"])
      .and.not.include("complete");
    for (const command of real.commands)
      for (const option of command.options.filter(({ hidden }) => !hidden))
        expect(wordsFor([command.name(), option.long!]), `${command.name()} ${option.long}`).to.include(option.long);
  });
});

describe("onOneLine", () => {
  const cases: [string, string][] = [
    ["folder (default: out/cloud)", "folder"],
    ["A sentence. And another one.", "A sentence"],
    ["one.two is a name", "one.two is a name"],
    [`${"long ".repeat(20)}`, `${"long ".repeat(20).slice(0, 59)}…`],
  ];
  for (const [text, wanted] of cases)
    it(`makes "${wanted}"`, () => {
      expect(onOneLine(text)).to.equal(wanted);
    });
});
