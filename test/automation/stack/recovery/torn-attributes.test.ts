import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { removeTornAttributes } from "../../../../automation/stack/recovery/torn-attributes";

const WHOLE = '{"user.content_type":"text/plain; charset=utf-8","md5":"LYnIgTDPbr4="}\n';

describe("automation/stack/recovery/torn-attributes", () => {
  let directory: string;
  let states: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "aoshingo-"));
    states = join(directory, ".pulumi/stacks/aoshingo");
    mkdirSync(states, { recursive: true });
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const remove = (backendUrl = `file://${directory}`) => removeTornAttributes(backendUrl, "aoshingo", "prod");

  const cases: [name: string, file: string, content: string, isRemoved: boolean][] = [
    ["an empty file", "prod.json.attrs", "", true],
    ["a torn file", "prod.json.attrs", WHOLE.slice(0, 20), true],
    ["the file of a compressed state", "prod.json.gz.attrs", "", true],
    ["no whole file", "prod.json.attrs", WHOLE, false],
    ["no file of another stack", "prod2.json.attrs", "", false],
    ["no state, however empty", "prod.json", "", false],
  ];
  for (const [name, file, content, isRemoved] of cases)
    it(`removes ${name}`, async () => {
      writeFileSync(join(states, file), content);
      expect(await remove()).to.equal(isRemoved);
      expect(existsSync(join(states, file))).to.equal(!isRemoved);
    });

  it("has nothing to do where there is no state, or none in a folder", async () => {
    expect(await remove(`file://${join(directory, "nowhere")}`)).to.equal(false);
    writeFileSync(join(states, "prod.json.attrs"), "");
    expect(await remove("s3://state?region=ap-northeast-1")).to.equal(false);
    expect(existsSync(join(states, "prod.json.attrs"))).to.equal(true);
  });
});
