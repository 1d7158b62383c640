import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { SHELLS } from "../../../../automation/commands/completion/shells";
import { PACKAGE_DIRECTORY } from "../../../../automation/core/package-directory";
import { openStore } from "../../../../automation/store/open-store";
import { entry } from "../../store/samples";

const BIN = join(PACKAGE_DIRECTORY, "bin/aoshingo.js");
const SCRIPTS = join(PACKAGE_DIRECTORY, "automation/commands/completion");
const SETTINGS = `config:
  aws:region: ap-northeast-1
  aoshingo:domain: example.jp
  aoshingo:services:
    users: { kind: api }
    report: { kind: job, schedule: rate(1 hour) }
`;

describe("completion", () => {
  let project: string;

  before(async () => {
    project = mkdtempSync(join(tmpdir(), "aoshingo-completion-"));
    writeFileSync(join(project, "Pulumi.yaml"), "name: shop\nruntime: nodejs\n");
    writeFileSync(join(project, "Pulumi.prod.yaml"), SETTINGS);
    writeFileSync(join(project, "Pulumi.broken.yaml"), "config: [");
    const store = openStore("prod", { directory: join(project, "store"), outputs: null });
    for (const run of ["20261125T093000Z-7", "20261126T093000Z-8"]) await store.append(run, entry("opened"));
    mkdirSync(join(project, "node_modules/.bin"), { recursive: true });
    symlinkSync(BIN, join(project, "node_modules/.bin/aoshingo"));
    chmodSync(BIN, 0o755);
    mkdirSync(join(project, "below"));
  });
  after(() => rmSync(project, { recursive: true }));

  describe("by `aoshingo complete`", () => {
    const said = async (words: string[]) =>
      (await execa(process.execPath, [BIN, "complete", "--", ...words], { cwd: project })).stdout.split("\n");

    const cases: [what: string, words: string[], wanted: string[]][] = [
      ["stacks by their files", ["status", "--stack", ""], ["broken", "prod"]],
      ["services of a stack, with their kind", ["logs", "--stack", "prod", ""], ["users\tapi", "report\tjob"]],
      ["services of all stacks", ["logs", "u"], ["users\tapi"]],
      ["services with their image to come", ["deploy", "--stack", "prod", "u"], ["users=\tapi"]],
      ["jobs alone", ["run", "--stack", "prod", ""], ["report\tjob"]],
      ["nothing of a file that is not YAML", ["logs", "--stack", "broken", ""], [""]],
      [
        "the block of a setting",
        ["explain", "dep"],
        ["deploy.\tHow deploys go: their times, the ramp, and what makes a rel…"],
      ],
      [
        "a setting in it",
        ["explain", "deploy.approveW"],
        ["deploy.approveWithin\tHow long a deploy waits for approval before it rolls back"],
      ],
      ["the services in a path", ["explain", "services."], ["services.users.", "services.report."]],
      [
        "a service's block",
        ["explain", "services.users.healthCheck.h"],
        ["services.users.healthCheck.healthyCount\tPassed checks in a row that make a target healthy again"],
      ],
      [
        "runs of a local store, the newest first",
        ["show", "--stack", "prod", "--store", "store", ""],
        ["20261126T093000Z-8", "20261125T093000Z-7"],
      ],
      ["commands that `help` explains", ["help", "rollb"], ["rollback\tMake the previous release active again"]],
      ["a path", ["status", "--config-file", ""], [":files"]],
      [
        "the option of a program of its own",
        ["rehearse", "--deplo"],
        ["--deploys\tnumber of deploys; colours alternate"],
      ],
      [
        "a command below a program of its own",
        ["github", "dr"],
        ["drift\tFind resources that changed since the last `up`, and keep one issue about them for each stack"],
      ],
      ["the service of an image to push", ["push", "u"], ["users:\tapi"]],
    ];
    for (const [what, words, wanted] of cases)
      it(`finds ${what}`, async () => {
        expect(await said(words)).to.deep.equal(wanted);
      });
  });

  it("prints the script of each shell, without loading a project", async () => {
    for (const shell of SHELLS) {
      const { stdout } = await execa(process.execPath, [BIN, "completion", shell], { cwd: tmpdir() });
      expect(stdout)
        .to.match(/^#.*\n/)
        .and.include("complete -- ");
    }
  });

  it("refuses another shell", async () => {
    const { exitCode, stderr } = await execa(process.execPath, [BIN, "completion", "csh"], { reject: false });
    expect(exitCode).to.equal(2);
    expect(stderr).to.include("Allowed choices are bash, zsh, fish.");
  });

  describe("in bash", () => {
    /** What bash would offer, as it divides the words itself: at `=` and `:`, too. */
    async function offered(words: string[], cwd = project): Promise<string[]> {
      const script = [
        `source ${join(SCRIPTS, "aoshingo.bash")}`,
        `COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))`,
        `_aoshingo`,
        `printf '%s\\n' "\${COMPREPLY[@]}"`,
      ].join("\n");
      const env = { PATH: `${join(project, "node_modules/.bin")}${delimiter}${process.env.PATH}` };
      const { stdout, stderr } = await execa("bash", ["--norc", "-c", script, "bash", ...words], { cwd, env });
      expect(stderr).to.equal("");
      return stdout.split("\n");
    }

    const cases: [what: string, words: string[], wanted: string[]][] = [
      ["a command", ["aoshingo", "rollb"], ["rollback"]],
      ["an option", ["aoshingo", "deploy", "--st"], ["--stack", "--store"]],
      ["an option's value", ["aoshingo", "deploy", "--stack", "pr"], ["prod"]],
      ["an option's value behind =", ["aoshingo", "logs", "--colour", "=", "gr"], ["green"]],
      ["an option's value right behind =", ["aoshingo", "logs", "--colour", "="], ["blue", "green"]],
      ["a service behind an image", ["aoshingo", "deploy", "users", "=", "v1", "rep"], ["report="]],
      [
        "a service behind a text with blanks",
        ["aoshingo", "deploy", "--reason", "a b", "--stack", "prod", "rep"],
        ["report="],
      ],
      ["a setting", ["aoshingo", "explain", "deploy.bake"], ["deploy.bakeSeconds"]],
      ["what npx runs", ["npx", "aoshingo", "rollb"], ["rollback"]],
      ["nothing of its own for another program of npx", ["npx", "other", "rollb"], [""]],
      ["nothing of its own for a path", ["aoshingo", "status", "--config-file", ""], [""]],
    ];
    for (const [what, words, wanted] of cases)
      it(`offers ${what}`, async () => {
        expect(await offered(words)).to.deep.equal(wanted);
      });

    it("finds what npx runs from a folder of the project", async () => {
      expect(await offered(["npx", "aoshingo", "status", "--stack", "p"], join(project, "below"))).to.deep.equal([
        "prod",
      ]);
    });

    it("leaves npx to whoever completes it already", async () => {
      const script = `complete -F theirs npx\nsource ${join(SCRIPTS, "aoshingo.bash")}\ncomplete -p npx aoshingo`;
      const { stdout } = await execa("bash", ["--norc", "-c", script]);
      expect(stdout).to.equal("complete -F theirs npx\ncomplete -F _aoshingo aoshingo");
    });
  });

  for (const [shell, option] of [
    ["bash", "-n"],
    ["zsh", "-n"],
    ["fish", "--no-execute"],
  ] as const)
    it(`is syntax that ${shell} takes, where it is installed`, async function () {
      const { failed, code, stderr } = await execa(shell, [option, join(SCRIPTS, `aoshingo.${shell}`)], {
        reject: false,
      });
      if (code === "ENOENT") this.skip();
      expect(failed, stderr).to.equal(false);
    });
});
