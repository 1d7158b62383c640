import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { ensurePulumiCli, pulumiCliFile } from "../../../automation/pulumi-cli/ensure-pulumi-cli";
import { withoutLog } from "../../../automation/stack/home-without-log";

describe("automation/stack/home-without-log", () => {
  let folder: string;
  let own: string;
  let home: string;
  let cli: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "aoshingo-home-"));
    own = join(folder, "own");
    const plugin = join(own, "plugins", "resource-shop-v1.2.3");
    mkdirSync(plugin, { recursive: true });
    writeFileSync(join(plugin, "pulumi-resource-shop"), "#!/bin/sh\n");
    chmodSync(join(plugin, "pulumi-resource-shop"), 0o755);
    writeFileSync(join(own, "credentials.json"), '{ "current": "file://~" }');
    home = withoutLog(folder, { PULUMI_HOME: own }).PULUMI_HOME!;
    cli = pulumiCliFile(await ensurePulumiCli());
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  function pluginsIn(PULUMI_HOME: string): { name: string; version: string }[] {
    const env = { ...process.env, PULUMI_HOME, PULUMI_SKIP_UPDATE_CHECK: "true" };
    return JSON.parse(execFileSync(cli, ["plugin", "ls", "--json"], { env, encoding: "utf8" }));
  }

  it("lets the CLI find its plugins and its login", () => {
    const [plugin] = pluginsIn(home);
    expect(plugin).to.include({ name: "shop", version: "1.2.3" });
    expect(readFileSync(join(home, "credentials.json"), "utf8")).to.contain("file://~");
  });

  it("has no log of the CLI, which writes one in its own home", () => {
    pluginsIn(home);
    expect(readFileSync(join(home, "logs"), "utf8")).to.equal("");
    pluginsIn(own);
    expect(readdirSync(join(own, "logs"))).to.not.be.empty;
  });

  it("takes in what the CLI downloads, also where there was no home before", () => {
    const first = withoutLog(join(folder, "first"), { PULUMI_HOME: join(folder, "new") }).PULUMI_HOME!;
    writeFileSync(join(first, "plugins", "downloaded"), "");
    expect(existsSync(join(folder, "new", "plugins", "downloaded"))).to.equal(true);
    expect(withoutLog(join(folder, "first"), { PULUMI_HOME: join(folder, "new") }).PULUMI_HOME).to.equal(first);
  });

  it("leaves the CLI its own home where there cannot be another", () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    expect(withoutLog(file, { PULUMI_HOME: own })).to.deep.equal({});
    expect(withoutLog(join(folder, "second"), { PULUMI_HOME: join(file, "home") })).to.deep.equal({});
  });
});
