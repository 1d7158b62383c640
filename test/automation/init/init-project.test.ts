import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { runModule } from "../../../automation/core/package-directory";
import { configOf } from "../../../automation/core/project";
import { inFolder } from "../../../automation/core/workflow-in-folder";
import { initProject } from "../../../automation/init/init-project";
import { UserError } from "../../../components/core/user-error";
import { settingsOf } from "../../../components/settings/settings";

const ANSWERS = { name: "shop", domain: "example.jp", region: "eu-west-1", service: "hello" };

describe("initProject", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "aoshingo-init-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** What `init` prints. */
  const printed = () => printedIn(folder);
  async function printedIn(cwd: string): Promise<string> {
    const args = runModule("automation/cli", "init", "--yes", "--domain", "example.jp");
    return (await execa(process.execPath, args, { cwd, stdin: "ignore" })).stdout;
  }

  it("writes ten files, and nothing the second time", () => {
    const files = () => initProject(folder, ANSWERS).map(({ path, isNew }) => `${isNew ? "+" : "="} ${path}`);
    const first = files();
    expect(first).to.have.lengthOf(10);
    expect(first.filter((line) => line.startsWith("="))).to.deep.equal([]);
    const listing = () => readdirSync(folder, { recursive: true }).sort();
    const before = listing();
    expect(files()).to.deep.equal([...first.slice(0, -2).map((line) => line.replace("+", "=")), "= services/hello"]);
    expect(listing()).to.deep.equal(before);
  });

  for (const [what, own] of [
    ["has a Dockerfile and code in another language", ["Dockerfile", "app.py"]],
    ["has a main.ts, and no Dockerfile", ["main.ts"]],
  ] as const)
    it(`puts nothing into a service's folder that ${what}, and says so`, async () => {
      const service = join(folder, "services/hello");
      mkdirSync(service, { recursive: true });
      for (const path of own) writeFileSync(join(service, path), "mine");
      const text = await printed();
      expect(readdirSync(service)).to.deep.equal(own);
      for (const path of own) expect(readFileSync(join(service, path), "utf8")).to.equal("mine");
      expect(text).to.match(/^ {2}= services\/hello +is there already, and stays as it is$/m);
      expect(text).to.match(/^services\/hello has code of its own: .* no `test`/m);
      // A test that asks for what the sample answers would stop each deploy of another program.
      expect(blockOf("hello")).to.deep.equal({ kind: "api", size: 1 });
    });

  it("gives the service that it writes a test, also in a folder that is empty", async () => {
    mkdirSync(join(folder, "services/hello"), { recursive: true });
    expect(await printed()).not.to.include("has code of its own");
    expect(blockOf("hello")).to.deep.equal({
      ...{ kind: "api", size: 1 },
      test: 'curl --fail --silent --show-error "$TEST_URL/"',
    });
  });

  /** A service's block in the settings that were written. */
  function blockOf(service: string): unknown {
    const { services } = settingsOf(configOf(join(folder, "Pulumi.prod.yaml"))) as { services: object };
    return services[service as never];
  }

  describe("in a folder of a repository", () => {
    let project: string;
    beforeEach(() => {
      mkdirSync(join(folder, ".git"));
      project = join(folder, "apps/deploy");
      mkdirSync(project, { recursive: true });
    });

    it("says how the workflows come to where GitHub looks for them, and then leaves them there", async () => {
      const text = await printedIn(project);
      const [, move, line, file] =
        /\n {2}(mkdir .+)\nThen write\n {2}in both files, above `jobs:` +(\S.+)\n {2}in preview.yml, in `hashFiles` +(\S.+)$/.exec(
          text,
        )!;
      await execa(move!, { cwd: project, shell: true });
      expect(existsSync(join(project, ".github"))).to.equal(false);
      for (const name of ["preview.yml", "deploy.yml"]) {
        const moved = join(folder, ".github/workflows", name);
        const old = readFileSync(moved, "utf8");
        writeFileSync(moved, old.replace("\njobs:\n", `\n${line}\njobs:\n`).replace("'preview.md'", `'${file}'`));
        expect(readFileSync(moved, "utf8")).to.equal(inFolder(old, "apps/deploy")).and.not.equal(old);
      }
      expect(await printedIn(project)).to.include("nothing was written");
      expect(existsSync(join(project, ".github"))).to.equal(false);
    });

    it("writes the workflows if those at the root are something else's", () => {
      mkdirSync(join(folder, ".github/workflows"), { recursive: true });
      writeFileSync(join(folder, ".github/workflows/deploy.yml"), "name: deploy\n");
      expect(initProject(project, ANSWERS).filter(({ isNew }) => !isNew)).to.deep.equal([]);
    });

    it("says nothing of it at the root", async () => {
      expect(await printedIn(folder)).not.to.include("GitHub looks");
    });
  });

  it("asks for aoshingo by its tarball: the registry has somebody else's under that name", async () => {
    const [, steps] = (await printed()).split("\nNext\n");
    expect(steps).to.match(/^ {2}npm install TARBALL {2,}this project needs aoshingo/);
    expect(steps).not.to.match(/^ {2}npm install +its packages/m);
    const { dependencies = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    expect(dependencies).to.not.have.property("aoshingo");
  });

  for (const name of ["services", ".github"])
    it(`refuses a file ${name} in the place of its folder, before it writes anything`, () => {
      writeFileSync(join(folder, name), "");
      expect(() => initProject(folder, ANSWERS)).to.throw(UserError, `${name} is a file: wanted a folder for ${name}/`);
      expect(readdirSync(folder)).to.deep.equal([name]);
    });

  it("refuses a link that leads nowhere in the place of a folder, before it writes anything", () => {
    symlinkSync("nowhere", join(folder, "services"));
    expect(() => initProject(folder, ANSWERS)).to.throw(
      UserError,
      "services is a link that leads nowhere: wanted a folder for",
    );
    expect(readdirSync(folder)).to.deep.equal(["services"]);
  });

  for (const [what, text, problem] of [
    ["that are no YAML", "config: [", " is not YAML: "],
    ["that are a folder", null, " cannot be read (EISDIR): "],
    ["that are no keys", "config: 3", ": config is number: "],
  ] as const)
    it(`refuses settings ${what}, before it writes anything`, () => {
      const settings = join(folder, "Pulumi.prod.yaml");
      if (text === null) mkdirSync(settings);
      else writeFileSync(settings, text);
      expect(() => initProject(folder, ANSWERS)).to.throw(UserError, `Pulumi.prod.yaml${problem}`);
      expect(readdirSync(folder)).to.deep.equal(["Pulumi.prod.yaml"]);
    });

  for (const [what, path, text] of [
    [
      "a program of something else",
      "index.ts",
      'import { createServer } from "node:http";\ncreateServer().listen(8080);\n',
    ],
    ["a tsconfig.json of something else", "tsconfig.json", '{ "compilerOptions": { "module": "nodenext" } }'],
    ["a folder in the place of the program", "index.ts", null],
    ["a Pulumi program in Python", "Pulumi.yaml", "name: shop\nruntime: python\n"],
    ["a Pulumi program in Go", "Pulumi.yaml", "name: shop\nmain: index.ts\nruntime: { name: go }\n"],
    ["a Pulumi program in a folder below", "Pulumi.yaml", "name: shop\nmain: infra/\nruntime: nodejs\n"],
    ["the settings of something else", "Pulumi.prod.yaml", "config:\n  shop:domain: example.jp\n"],
    ["the settings of a stack without any", "Pulumi.prod.yaml", "encryptionsalt: v1:abc\n"],
  ] as const)
    it(`refuses a folder with ${what}, before it writes anything`, () => {
      if (text === null) mkdirSync(join(folder, path));
      else writeFileSync(join(folder, path), text);
      expect(() => initProject(folder, ANSWERS)).to.throw(
        UserError,
        `${path} is there and is not aoshingo's: wanted a folder of its own for the project; \`mkdir deploy && cd deploy\`, then try again`,
      );
      expect(readdirSync(folder)).to.deep.equal([path]);
    });

  it("refuses a package of modules, in which its program does not compile, before it writes anything", () => {
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    expect(() => initProject(folder, ANSWERS)).to.throw(
      UserError,
      'package.json has "type": "module", and the program is CommonJS: wanted a folder of its own for the project; `mkdir deploy && cd deploy`, then try again',
    );
    expect(readdirSync(folder)).to.deep.equal(["package.json"]);
  });

  for (const [what, files] of [
    ["a package of CommonJS", { "package.json": '{ "type": "commonjs" }' }],
    ["a package.json that is not JSON", { "package.json": "{" }],
    ["a program with aoshingo's components", { "index.ts": 'import { program } from "aoshingo/components";\n' }],
    ["a Pulumi.yaml that names the program", { "Pulumi.yaml": "name: shop\nmain: ./index.ts\nruntime: nodejs\n" }],
    ["aoshingo's options and more", { "tsconfig.json": '{ "extends": "aoshingo/dist/tsconfig.json", "exclude": [] }' }],
    [
      "settings of aoshingo, whatever its program imports",
      {
        "Pulumi.prod.yaml": "config:\n  aoshingo:domain: example.jp\n",
        "index.ts": 'export = require("./infrastructure");\n',
      },
    ],
  ] as const)
    it(`leaves ${what} as they are`, () => {
      for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
      const old = initProject(folder, ANSWERS).filter(({ isNew }) => !isNew);
      expect(old.map(({ path }) => path).sort()).to.deep.equal(Object.keys(files).sort());
    });

  it("writes nothing through a link that leads nowhere", () => {
    const outside = join(folder, "outside");
    symlinkSync(outside, join(folder, ".gitignore"));
    expect(initProject(folder, ANSWERS).find(({ path }) => path === ".gitignore")?.isNew).to.equal(false);
    expect(existsSync(outside)).to.equal(false);
  });
});
