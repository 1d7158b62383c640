import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { NODE_ARGUMENTS } from "../../../automation/core/package-directory";

const ROOT = join(__dirname, "../../..");
const ASK = `
  require("./automation/core/light-pulumi-sdk");
  require("./index");
  const count = () => Object.keys(require.cache).filter((path) => path.includes("@npmcli")).length;
  const before = count();
  const { computeCodePaths } = require("@pulumi/pulumi/runtime/closure/codePaths");
  computeCodePaths().then((paths) => console.log(JSON.stringify({ before, after: count(), paths: paths.size > 0 })));
`;

describe("Pulumi's SDK without Arborist", () => {
  it("loads the program without it, and loads it when a function is serialised", async () => {
    const { stdout } = await execa(process.execPath, [...NODE_ARGUMENTS, "-e", ASK], { cwd: ROOT });
    const { before, after, paths } = JSON.parse(stdout);
    expect(before, "only what stands in for it").to.equal(1);
    expect(after).to.be.above(50);
    expect(paths).to.equal(true);
  });
});
