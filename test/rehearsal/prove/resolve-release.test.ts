import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { NODE_ARGUMENTS, PACKAGE_DIRECTORY } from "../../../automation/core/package-directory";

const MODULE = join(PACKAGE_DIRECTORY, "rehearsal/prove/resolve-release.ts");
const SETTINGS = (migrate: string) => `config:\n  aoshingo:services:\n    users: { migrate: ${migrate} }\n`;

describe("releases of a project in Git", () => {
  for (const [where, below] of [
    ["at the repository's root", "."],
    ["in a folder of the repository", "deploy"],
  ] as const)
    describe(where, () => {
      let repository: string;
      let project: string;
      const write = async (path: string, text: string) => {
        await mkdir(dirname(join(project, path)), { recursive: true });
        await writeFile(join(project, path), text);
      };
      const git = (...args: string[]) =>
        execa("git", ["-c", "user.name=test", "-c", "user.email=test@example.com", ...args], { cwd: repository });
      const commit = async () => {
        await git("add", "--all");
        await git("commit", "--quiet", "--message", "a release");
      };
      /** Evaluates an expression over the module's exports in a process whose project this is. */
      const evaluate = async (expression: string): Promise<unknown> => {
        const code = `(async (m) => console.log(JSON.stringify(await (${expression}))))(require(${JSON.stringify(MODULE)}))`;
        return JSON.parse((await execa("node", [...NODE_ARGUMENTS, "-e", code], { cwd: project })).stdout);
      };

      before(async () => {
        repository = await mkdtemp(join(tmpdir(), "aoshingo-revisions-"));
        project = join(repository, below);
        await git("init", "--quiet");
        await write("Pulumi.yaml", "name: shop\nruntime: nodejs\n");
        await write("Pulumi.prod.yaml", SETTINGS("migrate-1"));
        await write(".gitignore", "*.log\n");
        for (const service of ["users", "mailer", "doodle"]) {
          await write(`services/${service}/main.js`, `// ${service}\n`);
          await write(`services/${service}/rehearsal.yaml`, "command: [node, main.js]\n");
        }
        await write("services/users/requests.yaml", "scenarios: { read: [GET /users] }\n");
        await commit();
      });

      after(() => rm(repository, { recursive: true, force: true }));

      it("finds no changed service where only an ignored file is new", async () => {
        await write("services/users/debug.log", "nothing\n");
        expect(await evaluate('m.changedServices("HEAD", ".")')).to.deep.equal([]);
      });

      it("finds a service with a new file that Git does not know yet, whatever its name", async () => {
        await write("services/users/migrations/002 größe.sql", "select 2;\n");
        expect(await evaluate('m.changedServices("HEAD", ".")')).to.deep.equal(["users"]);
      });

      it("finds the services that differ between two commits, and one whose only file moved to another", async () => {
        await rm(join(project, "services/mailer"), { recursive: true });
        await write("services/mail/main.js", "// mailer\n");
        await write("Pulumi.prod.yaml", SETTINGS("migrate-2"));
        await commit();
        expect(await evaluate('m.changedServices("HEAD~1", "HEAD")')).to.deep.equal(["mail", "mailer", "users"]);
      });

      it("finds a revision's service, requests and settings", async () => {
        const expression = `Promise.all([m.hasService("mailer", "HEAD~1"), m.hasService("mailer", "HEAD"),
          m.hasRequests("users", "HEAD~1"), m.hasRequests("doodle", "HEAD~1"),
          m.resolveRelease("users", "HEAD~1", "prod", ${JSON.stringify(join(repository, ".git/scratch"))})
            .then(({ release }) => release.migrate)])`;
        expect(await evaluate(expression)).to.deep.equal([true, false, true, false, "migrate-1"]);
      });
    });
});
