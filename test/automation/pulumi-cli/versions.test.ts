import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { GO_VERSION, MINIMUM_PULUMI_VERSION, PULUMI_VERSION } from "../../../automation/pulumi-cli/versions";
import { dependencies } from "../../../package.json";

describe("versions", () => {
  it("match go.mod and package.json", () => {
    const goMod = readFileSync(join(__dirname, "../../../automation/pulumi-cli/go.mod"), "utf8");
    expect(goMod).to.contain(`\ngo ${GO_VERSION}\n`);
    expect(goMod).to.contain(`github.com/pulumi/pulumi/pkg/v3 v${PULUMI_VERSION}\n`);
    expect(goMod).to.contain(`github.com/pulumi/pulumi/sdk/v3 v${PULUMI_VERSION} // indirect\n`);
    expect(dependencies["@pulumi/pulumi"]).to.equal(MINIMUM_PULUMI_VERSION);
  });
});
