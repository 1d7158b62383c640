import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { PROJECT_DIRECTORY } from "../../automation/core/project-directory";
import { linkPackages } from "../link-packages";

const PROGRAM = `interface Greeting { text: string }

const greeting: Greeting = { text: "one" };
console.log(greeting.text, Object.keys(require.cache).some((path) => path.includes("typescript/lib")));
if (process.argv.includes("fail")) throw new Error("on purpose");
`;

/** A project of its own, with the packages that compile: what is kept for it is in its own folder. */
describe("automation/register.cjs", () => {
  let directory: string;
  const file = (name: string) => join(directory, name);

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "aoshingo-register-"));
    await mkdir(file("automation"));
    for (const name of ["automation/register.cjs", "tsconfig.json", "package-lock.json"])
      await writeFile(file(name), await readText(name));
    linkPackages(directory);
    await writeFile(file("Pulumi.yaml"), "name: other\n");
    await writeFile(file("program.ts"), PROGRAM);
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const run = (...args: string[]) =>
    execa(process.execPath, ["-r", "./automation/register.cjs", "program.ts", ...args], {
      cwd: directory,
      reject: false,
      env: { NODE_V8_COVERAGE: undefined },
    });

  it("compiles a file once, and then runs it without the compiler", async () => {
    expect((await run()).stdout).to.equal("one true");
    expect((await run()).stdout).to.equal("one false");
  });

  it("compiles a changed file again, and all after a change of the options", async () => {
    await run();
    await writeFile(file("program.ts"), PROGRAM.replace('"one"', '"another"'));
    expect((await run()).stdout).to.equal("another true");
    expect((await run()).stdout).to.equal("another false");
    await writeFile(file("tsconfig.json"), `${await readText("tsconfig.json")}\n`);
    expect((await run()).stdout).to.equal("another true");
  });

  it("maps stack traces to the source, compiled now or before", async () => {
    for (const _ of ["now", "before"]) {
      const { stderr, exitCode } = await run("fail");
      expect(exitCode).to.equal(1);
      expect(stderr).to.match(/Error: on purpose\n +at .*program\.ts:5:\d+/);
    }
  });

  it("runs all the same where nothing can be kept", async () => {
    await writeFile(file("node_modules/.cache"), "a file where the folder would be");
    for (const _ of ["now", "again"]) expect((await run()).stdout).to.equal("one true");
    expect(await readdir(file("node_modules"))).to.include(".cache");
  });
});

function readText(name: string): Promise<string> {
  return readFile(join(PROJECT_DIRECTORY, name), "utf8");
}
