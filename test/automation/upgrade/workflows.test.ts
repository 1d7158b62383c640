import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { inFolder } from "../../../automation/core/workflow-in-folder";
import { applyTemplates, templateChanges } from "../../../automation/upgrade/workflows";
import { projectWorkflows, ROOT, type Workflow } from "../../workflows/workflow";

interface Defaults {
  run: { "working-directory": string };
}

const TEMPLATES = join(__dirname, "../../../templates/project");
const PREVIEW = ".github/workflows/preview.yml";
const DEPLOY = ".github/workflows/deploy.yml";

describe("a project's workflows in an upgrade", () => {
  let base: string;
  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), "aoshingo-workflows-"));
    for (const path of [PREVIEW, DEPLOY]) {
      const text = readFileSync(join(TEMPLATES, path), "utf8");
      write(`old/dist/templates/project/${path}`, `# older\n${text}`);
      write(`next/dist/templates/project/${path}`, text);
    }
  });
  afterEach(() => rmSync(base, { recursive: true }));

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(base, path)), { recursive: true });
    writeFileSync(join(base, path), text);
  }
  const read = (path: string) => readFileSync(join(base, path), "utf8");
  const old = (path: string) => read(`old/dist/templates/project/${path}`);
  const next = (path: string) => read(`next/dist/templates/project/${path}`);

  /** Upgrades the project in a folder of the repository `shop`, and returns what became of each file. */
  function upgraded(project = "shop"): string[] {
    const directory = join(base, project);
    const changes = templateChanges(directory, join(base, "old"), join(base, "next"), join(base, "shop"));
    applyTemplates(directory, changes);
    return changes.map(({ path, state }) => `${path} ${state}`);
  }

  it("become the new version's where they are as the old version wrote them", () => {
    write(`shop/${PREVIEW}`, old(PREVIEW));
    write(`shop/${DEPLOY}`, `${old(DEPLOY)}# mine\n`);
    expect(upgraded()).to.deep.equal([`${PREVIEW} ours`, `${DEPLOY} changed`]);
    expect(read(`shop/${PREVIEW}`)).to.equal(next(PREVIEW));
    expect(read(`shop/${DEPLOY}`)).to.equal(`${old(DEPLOY)}# mine\n`);
    expect(upgraded()).to.deep.equal([`${DEPLOY} changed`]);
  });

  it("keep the line ends of Windows, which are no change", () => {
    const windows = (text: string) => text.replaceAll("\n", "\r\n");
    for (const path of [PREVIEW, DEPLOY]) write(`shop/${path}`, windows(old(path)));
    expect(upgraded()).to.deep.equal([`${PREVIEW} ours`, `${DEPLOY} ours`]);
    for (const path of [PREVIEW, DEPLOY]) expect(read(`shop/${path}`)).to.equal(windows(next(path)));
    expect(upgraded()).to.deep.equal([]);
  });

  it("have the new version's beside them, to compare: in a workspace that is in the root's packages", () => {
    write(`shop/deploy/${DEPLOY}`, "mine\n");
    cpSync(join(base, "old"), join(base, "shop/node_modules/aoshingo"), { recursive: true });
    const [directory, installed] = [join(base, "shop/deploy"), join(base, "shop/node_modules/aoshingo")];
    const changes = templateChanges(directory, installed, join(base, "next"), join(base, "shop"));
    expect(changes.map(({ template }) => template)).to.deep.equal(
      [PREVIEW, DEPLOY].map((path) => `../node_modules/aoshingo/dist/templates/project/${path}`),
    );
  });

  it("are not written where they are not there", () => {
    write(`shop/${PREVIEW}`, old(PREVIEW));
    expect(upgraded()).to.deep.equal([`${PREVIEW} ours`, `${DEPLOY} missing`]);
  });

  // docs/package.md has these edits, and `init` prints them.
  const LINE = "defaults: { run: { working-directory: deploy } }\n";
  const moved = (text: string) => text.replace("hashFiles('preview.md')", "hashFiles('deploy/preview.md')");

  for (const [where, edited] of [
    ["above the jobs", (text: string) => moved(text).replace("\njobs:\n", `\n${LINE}jobs:\n`)],
    ["at the top", (text: string) => LINE + moved(text)],
  ] as const)
    it(`are found in the repository's root, with the edits for a project in a folder: the line ${where}`, () => {
      for (const path of [PREVIEW, DEPLOY]) write(`shop/${path}`, edited(old(path)));
      expect(upgraded("shop/deploy")).to.deep.equal([`../${PREVIEW} ours`, `../${DEPLOY} ours`]);
      for (const path of [PREVIEW, DEPLOY]) {
        const text = read(`shop/${path}`);
        expect(text).to.equal(moved(next(path)).replace("\njobs:\n", `\n${LINE}jobs:\n`));
        expect(parse(text).defaults).to.deep.equal({ run: { "working-directory": "deploy" } });
      }
      expect(read(`shop/${PREVIEW}`))
        .to.include("hashFiles('deploy/preview.md')")
        .and.not.include("hashFiles('preview");
      expect(upgraded("shop/deploy")).to.deep.equal([]);
    });

  // actions/runner 1808: otherwise the step ends before its command starts.
  it("run each command in a folder that exists by then: before a checkout that is the workspace alone", () => {
    for (const { jobs, path } of projectWorkflows()) {
      const text = readFileSync(join(ROOT, path), "utf8");
      const { defaults, ...moved } = parse(inFolder(text, "apps/deploy")) as Workflow & { defaults: Defaults };
      expect(Object.keys(moved.jobs)).to.deep.equal(Object.keys(jobs));
      for (const [name, { steps }] of Object.entries(moved.jobs)) {
        const checkout = steps.findIndex(({ uses }) => uses?.startsWith("actions/checkout@"));
        const before = steps.slice(0, checkout === -1 ? steps.length : checkout).filter(({ run }) => run !== undefined);
        const folders = before.map((step) => step["working-directory"] ?? defaults.run["working-directory"]);
        expect(folders, `${path}, ${name}`).to.deep.equal(before.map(() => `\${{ github.workspace }}`));
      }
    }
  });

  it("stay in the repository's root where they are another program's", () => {
    write(`shop/${DEPLOY}`, "name: deploy\n");
    expect(upgraded("shop/deploy")).to.deep.equal([`${PREVIEW} missing`, `../${DEPLOY} changed`]);
    expect(read(`shop/${DEPLOY}`)).to.equal("name: deploy\n");
  });
});
