import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { modulePath, NODE_ARGUMENTS } from "../../../automation/core/package-directory";

/** Runs the project's program twice in one process, as a deploy does, and prints the outputs. */
const TWICE = `
  const { projectProgram } = require(${JSON.stringify(modulePath("automation/stack/project-program"))});
  const program = projectProgram();
  program().then(async (first) => console.log(JSON.stringify([first, await program()])), (error) => console.log(error.message));
`;

describe("automation/stack/project-program", () => {
  let base: string;
  /** In a folder of a repository whose root has the packages. */
  let project: string;
  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), "aoshingo-program-"));
    project = join(base, "deploy");
  });
  afterEach(() => rm(base, { recursive: true, force: true }));

  /** @param files by path from the project's folder */
  async function run(pulumi: string, files: Record<string, string>): Promise<unknown> {
    const all = {
      ...{ "Pulumi.yaml": `name: shop\nruntime: nodejs\n${pulumi}` },
      // A package keeps its state: it is loaded once.
      ...{ "../node_modules/counter/index.js": "let count = 0; exports.next = () => ++count;" },
      ...files,
    };
    for (const [path, text] of Object.entries(all)) {
      await mkdir(dirname(join(project, path)), { recursive: true });
      await writeFile(join(project, path), text);
    }
    const { stdout } = await execa(process.execPath, [...NODE_ARGUMENTS, "-e", TWICE], { cwd: project });
    return stdout.startsWith("[") ? JSON.parse(stdout) : stdout;
  }

  /** What each aoshingo program has. */
  const OUTPUTS = { live: {}, services: {}, state: "" };
  const COUNT = 'import { next } from "counter";\nexport const loaded = next();\n';

  it("calls a function, and loads the project's files anew for each run", async () => {
    const text =
      'import { loaded } from "./count";\nexport = async () => ({ live: {}, services: {}, state: "", loaded });\n';
    expect(await run("main: index.ts\n", { "index.ts": text, "count.ts": COUNT })).to.deep.equal([
      { ...OUTPUTS, loaded: 1 },
      { ...OUTPUTS, loaded: 2 },
    ]);
  });

  for (const [what, name] of [
    ["beside the project", "../infra/count"],
    ["of a linked package of the same workspace", "infra/count"],
  ])
    it(`loads the files ${what} anew for each run: a resource that they declare when loaded would be deleted`, async () => {
      await mkdir(join(base, "node_modules"));
      await symlink("../infra", join(base, "node_modules/infra"));
      const text = `import { loaded } from "${name}";\nexport = async () => ({ live: {}, services: {}, state: "", loaded });\n`;
      expect(await run("main: index.ts\n", { "index.ts": text, "../infra/count.ts": COUNT })).to.deep.equal([
        { ...OUTPUTS, loaded: 1 },
        { ...OUTPUTS, loaded: 2 },
      ]);
    });

  it("takes what a file exports that declares its resources when it is loaded", async () => {
    const text = 'export { loaded } from "./count";\nexport const live = {}, services = {}, state = "";\n';
    expect(await run("", { "index.ts": text, "count.ts": COUNT })).to.deep.equal([
      { ...OUTPUTS, loaded: 1 },
      { ...OUTPUTS, loaded: 2 },
    ]);
  });

  it("refuses a function that the CLI would not call", async () => {
    expect(await run("main: index.ts\n", { "index.ts": "export default () => ({ one: 1 });\n" })).to.match(
      /index\.ts has a default export, which the Pulumi CLI does not call: wanted `export = program\(\.\.\.\)` there$/,
    );
  });

  for (const [what, text] of [
    ["exports nothing", "export {};\n"],
    ["exports other outputs", "export const bucket = 'notes';\n"],
    ["exports a function with other outputs", "export = async () => ({ bucket: 'notes' });\n"],
    ["exports a function without a result", "export = async () => {};\n"],
  ] as const)
    it(`refuses a program that ${what}`, async () => {
      expect(await run("main: index.ts\n", { "index.ts": text })).to.match(
        /^\S+index\.ts is no aoshingo program: wanted `export = program\(\.\.\.\)` there, or another path in `main` of Pulumi\.yaml$/,
      );
    });

  it("says in one line where there is no program", async () => {
    expect(await run("main: program.ts\n", {})).to.match(
      /^there is no program at .*program\.ts: wanted a file such as index\.ts there, or another path in `main` of Pulumi\.yaml$/,
    );
  });
});
