import { readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { execa } from "execa";

const ROOT = join(__dirname, "..");
const WIDTH = 80;
const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: Record<string, string> };
/** Tools for the people who maintain this project. */
const OWN_TOOLS = [
  "test",
  "prove:museum",
  "mutate",
  "test:node-versions",
  "bench",
  "bench:scale",
  "picture",
  "release",
  "prepack",
  "api-docs",
];
/** Commands that are no parts of automation/cli.ts: test/automation/commands/program.test.ts looks at those. */
const COMMANDS = Object.entries(scripts).filter(
  ([name, script]) =>
    / -r \.\/automation\/register\.cjs /.test(script) &&
    !script.includes("automation/cli.ts") &&
    !OWN_TOOLS.includes(name),
);

/** Arguments that come before the option that is wrong. */
const ARGUMENTS: Record<string, string> = { github: "comment --stack prod --file preview.md --pull-request 1" };

describe("commands beside the deploy script's", () => {
  it("are some (or the tests below would look at nothing)", () => {
    assert.includeMembers(
      COMMANDS.map(([name]) => name),
      ["rehearse", "cloud", "fault", "push"],
    );
  });

  for (const [name, script] of COMMANDS) {
    it(`${name} tells by --help an example and how it may end, in 80 columns`, async () => {
      const { stdout, exitCode } = await execa(`${script} --help`, { cwd: ROOT, shell: true, env: { COLUMNS: "80" } });
      assert.equal(exitCode, 0);
      assert.match(stdout, /\nExamples?:\n {2}\S/);
      assert.include(stdout, `npx aoshingo ${name} `);
      assert.match(stdout, /\nExit codes: 0 /);
      assert.notInclude(stdout, "\u001b");
      for (const line of stdout.split("\n")) assert.isAtMost(line.length, WIDTH, line);
    });

    it(`${name} suggests the option that was meant`, async () => {
      const { stderr, exitCode } = await execa(`${script} ${ARGUMENTS[name] ?? "x"} --hlep`, {
        cwd: ROOT,
        shell: true,
        reject: false,
      });
      assert.equal(exitCode, 2);
      assert.include(stderr, "(Did you mean --help?)");
    });
  }
});
