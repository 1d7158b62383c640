import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { initProject } from "../../../automation/init/init-project";
import { UserError } from "../../../components/core/user-error";

const ANSWERS = { name: "shop", domain: "example.jp", region: "eu-west-1", service: "hello", version: "1.2.3" };

describe("initProject", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "aoshingo-init-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("writes ten files, and nothing the second time", () => {
    const isNew = () => initProject(folder, ANSWERS).map((file) => file.isNew);
    expect(isNew()).to.deep.equal(Array(10).fill(true));
    expect(isNew()).to.deep.equal(Array(10).fill(false));
  });

  for (const name of ["services", ".github"])
    it(`refuses a file ${name} in the place of its folder, before it writes anything`, () => {
      writeFileSync(join(folder, name), "");
      expect(() => initProject(folder, ANSWERS)).to.throw(UserError, `${name} is a file: wanted a folder for ${name}/`);
      expect(readdirSync(folder)).to.deep.equal([name]);
    });

  for (const [what, text] of [
    ["that are no YAML", "config: ["],
    ["that are a folder", null],
  ] as const)
    it(`refuses settings ${what}, before it writes anything`, () => {
      const settings = join(folder, "Pulumi.prod.yaml");
      if (text === null) mkdirSync(settings);
      else writeFileSync(settings, text);
      expect(() => initProject(folder, ANSWERS)).to.throw(UserError, "Pulumi.prod.yaml cannot be read: ");
      expect(readdirSync(folder)).to.deep.equal(["Pulumi.prod.yaml"]);
    });

  it("writes nothing through a link that leads nowhere", () => {
    const outside = join(folder, "outside.ts");
    symlinkSync(outside, join(folder, "index.ts"));
    expect(initProject(folder, ANSWERS).find(({ path }) => path === "index.ts")?.isNew).to.equal(false);
    expect(existsSync(outside)).to.equal(false);
  });
});
