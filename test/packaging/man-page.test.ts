import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { Command } from "commander";
import { execa } from "execa";
import { buildProgram } from "../../automation/commands/program";
import { OWN_PROGRAMS } from "../../automation/commands/programs";
import { PACKAGE_DIRECTORY, runModule } from "../../automation/core/package-directory";
import { manPage } from "../../packaging/man-page";

describe("manPage", () => {
  const tree = () =>
    new Command("tool")
      .description("Does things")
      .addHelpText("after", "\nExit codes: 0 done")
      .addCommand(
        new Command("go")
          .helpGroup("Going:")
          .description("Go: somewhere")
          .argument("<where>", "a place")
          .option("--fast", "as fast as `possible`")
          .addHelpText("after", "\nExample:\n  tool go\n.dot 'and' \\backslash"),
      )
      .addCommand(new Command("own").helpGroup("Others:").description("Stands for another tree"))
      .addCommand(new Command("hidden"), { hidden: true });
  const own = new Command("tool own").addCommand(new Command("inner").option("--deep <how>", "how deep"));
  const page = manPage(tree(), new Map([["own", own]]), "1.2.3");

  const parts: [what: string, text: string][] = [
    ["its head", '.TH TOOL 1 "" "tool 1.2.3" "User Commands"'],
    ["its name", ".SH NAME\ntool \\- does things"],
    ["a group with a command", '.SS "Going"\n.TP\n\\fBgo\\fR\nGo: somewhere'],
    ["how a command is used", '.SS "tool go [options] <where>"'],
    ["an argument", ".TP\n\\fIwhere\\fR\na place"],
    ["an option, with hyphens that can be copied", ".TP\n\\fB\\-\\-fast\\fR\nas fast as \\(gapossible\\(ga"],
    ["the example, with nothing that roff would obey", "Example:\n  tool go\n\\&.dot 'and' \\ebackslash"],
    [
      "a command below a program of its own",
      '.SS "tool own inner [options]"\n\n.TP\n\\fB\\-\\-deep <how>\\fR\nhow deep',
    ],
    ["the exit codes of all", "Exit codes: 0 done"],
  ];
  for (const [what, text] of parts)
    it(`has ${what}`, () => {
      expect(page).to.include(text);
    });

  it("leaves out hidden commands, and the help of each command", () => {
    expect(page).to.not.include("hidden").and.not.include("\\-\\-help");
  });
});

describe("the manual page of aoshingo", () => {
  let folder: string;
  let page: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "aoshingo-man-"));
    await execa(process.execPath, runModule("packaging/man", join(folder, "aoshingo.1")));
    page = readFileSync(join(folder, "aoshingo.1"), "utf8");
  });
  after(() => rmSync(folder, { recursive: true }));

  it("has each command with its options, those of programs of their own, too", () => {
    const program = buildProgram();
    for (const command of program.createHelp().visibleCommands(program))
      expect(page).to.include(`\n\\fB${command.name().replaceAll("-", "\\-")}\\fR\n`);
    for (const name of Object.keys(OWN_PROGRAMS))
      expect(page).to.include(`.SS "aoshingo ${name.replaceAll("-", "\\-")} `);
    expect(page).to.include("\\fB\\-\\-drain\\-cap <seconds>\\fR").and.include("\\fB\\-\\-only\\-set\\fR");
  });

  it("names no folder of the machine that made it", () => {
    expect(page).to.not.include(PACKAGE_DIRECTORY.replaceAll("-", "\\-")).and.not.include(tmpdir());
  });

  it("is roff without a warning, where groff is installed", async function () {
    const { code, all } = await execa("groff", ["-man", "-Tutf8", "-ww", "-z", join(folder, "aoshingo.1")], {
      reject: false,
      all: true,
    });
    if (code === "ENOENT") this.skip();
    expect(all).to.equal("");
  });
});
