import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { NODE_ARGUMENTS } from "../../../automation/core/package-directory";
import { PROJECT_DIRECTORY } from "../../../automation/core/project-directory";

const MAIN = join(PROJECT_DIRECTORY, "rehearsal/prove/main.ts");
const prove = (...args: string[]) =>
  execa("node", [...NODE_ARGUMENTS, MAIN, ...args], { cwd: PROJECT_DIRECTORY, reject: false });

describe("npx aoshingo prove", () => {
  const refused: Record<string, [args: string[], message: RegExp]> = {
    "no releases": [[], /^given 0 releases, wanted a release and its successor, such as users=v1 users=v2$/],
    "no revision": [["users", "users=."], /^"users" is not SERVICE=REVISION: wanted a release and its successor/],
    "two services": [["users=.", "mailer=."], /^given releases of users and mailer, wanted .*: both of one service$/],
    "an unknown revision": [
      ["users=nowhere", "users=."],
      /^users=nowhere: there is no revision nowhere; wanted a commit, tag or branch/,
    ],
    "an unknown service": [["nobody=.", "nobody=."], /^nobody=\.: there is no services\/nobody in the working tree$/],
    "an unknown base": [["--base", "nowhere"], /^--base nowhere: wanted a commit, tag or branch of this repository/],
    "releases and a base": [
      ["--base", "HEAD", "users=.", "users=."],
      /^given --base and users=\. users=\., wanted one of them$/,
    ],
  };
  for (const [what, [args, message]] of Object.entries(refused))
    it(`refuses ${what} in one line, with exit code 2`, async () => {
      const { exitCode, stderr, stdout } = await prove(...args);
      expect(stderr).to.match(message);
      expect([exitCode, stdout]).to.deep.equal([2, ""]);
    });

  it("says in the comment what it could not prove, and why: nothing at all is said of a change without services", async () => {
    const folder = await mkdtemp(join(tmpdir(), "aoshingo-proven-"));
    try {
      const file = join(folder, "prove.md");
      const { exitCode } = await prove("users=nowhere", "users=.", "--markdown", file);
      expect(exitCode).to.equal(2);
      expect(await readFile(file, "utf8")).to.equal(
        "\n**Mixed versions**\n\n- users: not proven, users=nowhere: there is no revision nowhere; wanted a commit, tag or branch, such as HEAD\\~1, or . for the working tree\n",
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("builds a service's releases, runs both, and tells what it compared", async () => {
    const { exitCode, stdout, stderr } = await prove("users=.", "users=.", "--json");
    expect(exitCode, stdout + stderr).to.equal(0);
    const { version, proven, services } = JSON.parse(stdout);
    expect([version, proven, services.length]).to.deep.equal([1, true, 1]);
    expect(services[0]).to.deep.include({
      service: "users",
      findings: [],
      old: { name: "working-tree", commit: null },
    });
    expect(services[0].compared).to.be.greaterThan(10);
  });
});
