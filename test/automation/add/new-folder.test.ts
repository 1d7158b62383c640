import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { type AddOptions, addService } from "../../../automation/add/add-service";
import { PROJECT_DIRECTORY } from "../../../automation/core/project-directory";
import { KINDS } from "../../../components/settings/schema/kinds";
import type { Kind } from "../../../components/settings/settings";
import { buildImage } from "../../../rehearsal/images/build-image";
import { linkPackages } from "../../link-packages";
import { runImage, stopImage } from "../../rehearsal/images/run-image";

const SETTINGS = `config:
  aws:region: ap-northeast-1
  aoshingo:domain: example.jp
  aoshingo:services: {}
`;

describe("the folder of a new service", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "aoshingo-new-folder-"));
    mkdirSync(join(directory, "services"));
    writeFileSync(join(directory, "Pulumi.prod.yaml"), SETTINGS);
    writeFileSync(join(directory, "Pulumi.yaml"), "name: aoshingo\n");
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const read = (path: string) => readFileSync(join(directory, path), "utf8");
  const add = (service: string, options: Partial<AddOptions> = {}) =>
    addService(service, { directory, project: "aoshingo", kind: "api", dryRun: false, ...options });

  const names: [kind: Kind, name: string][] = [
    ["api", "ab"],
    ["api", "api".padEnd(30, "x")],
    ["worker", "cd"],
    ["worker", "worker".padEnd(30, "x")],
  ];

  it("passes lint, types and its own tests, whatever its name", async () => {
    for (const [kind, name] of names) add(name, { kind });
    for (const file of [
      "biome.json",
      "tsconfig.json",
      ".mocharc.json",
      "test/temporary-folder.ts",
      "test/after-all-files.ts",
      "automation/register.cjs",
    ])
      cpSync(join(PROJECT_DIRECTORY, file), join(directory, file));
    linkPackages(directory);
    const bin = (name: string) => join(PROJECT_DIRECTORY, "node_modules", ".bin", name);
    const options = { cwd: directory, reject: false, all: true } as const;
    const [lint, types, tests] = await Promise.all([
      execa(bin("biome"), ["check", "--error-on-warnings", "--vcs-enabled=false", "services"], options),
      execa(bin("tsc"), ["--noEmit", "-p", "."], options),
      execa(bin("mocha"), ["services/*/test/*.test.ts"], options),
    ]);
    expect(lint.exitCode, lint.all).to.equal(0);
    expect(types.exitCode, types.all).to.equal(0);
    expect(tests.exitCode, tests.all).to.equal(0);
    expect(tests.all).to.match(/^ {2}14 passing/m);
  });

  for (const kind of KINDS)
    it(`of a ${kind} runs its tests by npm test, with the packages that its package.json names and no others`, async () => {
      add("kudos", { kind });
      const folder = join(directory, "services", "kudos");
      const { dependencies = {}, devDependencies } = JSON.parse(read("services/kudos/package.json"));
      const versions = { ...dependencies, ...devDependencies };
      const ours = JSON.parse(readFileSync(join(PROJECT_DIRECTORY, "package.json"), "utf8"));
      for (const [name, version] of Object.entries(versions)) {
        expect(version, name).to.equal({ ...ours.dependencies, ...ours.devDependencies }[name]);
        const link = join(folder, "node_modules", name);
        mkdirSync(dirname(link), { recursive: true });
        symlinkSync(join(PROJECT_DIRECTORY, "node_modules", name), link);
      }
      // `npm ci` refuses a lock file that says something else.
      const { "": locked } = JSON.parse(read("services/kudos/package-lock.json")).packages;
      expect({ ...locked.dependencies, ...locked.devDependencies }).to.deep.equal(versions);
      const { exitCode, all } = await execa("npm", ["test", "--prefix", "services/kudos"], {
        ...{ cwd: directory, env: { NODE_PATH: "" }, all: true, reject: false },
      });
      expect(exitCode, all).to.equal(0);
      expect(all).to.match(/^ {2}[1-9]\d* passing/m);
    });

  it("runs from an image, passes its deploy test and ends with 0", async () => {
    add("kudos");
    for (const name of ["node_modules", "tsconfig.json"])
      symlinkSync(join(PROJECT_DIRECTORY, name), join(directory, name));
    const image = runImage(await buildImage(join(directory, "services", "kudos"), []), {
      PORT: "0",
      RELEASE: "r1",
      HOST: "127.0.0.1",
    });
    const { port } = JSON.parse(await image.nextLine()) as { port: number };
    const TEST_URL = `http://127.0.0.1:${port}`;
    const deployTest = (RELEASE: string) =>
      execa("node", ["-r", "ts-node/register", "services/kudos/deploy-test/main.ts"], {
        cwd: directory,
        env: { TEST_URL, RELEASE },
        reject: false,
      });
    expect((await deployTest("r1")).stdout).to.equal(`deploy test: ${TEST_URL} works and runs release r1`);
    expect(await deployTest("r2")).to.include({
      exitCode: 1,
      stderr: "deploy test: GET /healthz: wanted x-release r2, got r1",
    });
    expect(await stopImage(image)).to.deep.equal([0, null]);
  });
});
