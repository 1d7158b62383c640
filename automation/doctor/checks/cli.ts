import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { presentCli } from "../../pulumi-cli/present-cli";
import { MINIMUM_PULUMI_VERSION } from "../../pulumi-cli/versions";
import { type Check, type Finding, ok, todo } from "../check";

const execFileAsync = promisify(execFile);

/** Checks that a Pulumi CLI is installed and new enough. */
export const cli: Check = {
  name: "Pulumi CLI",
  async examine() {
    const present = presentCli();
    if (!present) return [todo("no Pulumi CLI is installed", "download it with `npx aoshingo pulumi-cli`")];
    const { stdout } = await execFileAsync(present.command, ["version"], {
      env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    });
    return [cliFinding(stdout.trim(), present.command)];
  },
};

/** @param version as the CLI prints it, such as `v3.260.0` */
export function cliFinding(version: string, file: string): Finding {
  const [is, wanted] = [numbersOf(version), numbersOf(MINIMUM_PULUMI_VERSION)];
  const at = is.findIndex((number, index) => number !== wanted[index]);
  const isOld = at >= 0 && is[at]! < wanted[at]!;
  if (!isOld) return ok(`${version} (${file})`);
  return todo(
    `${version} (${file}) is older than ${MINIMUM_PULUMI_VERSION}`,
    "update it, or remove it from PATH: then a newer one is downloaded",
  );
}

function numbersOf(version: string): number[] {
  return version.replace(/^v/, "").split(/[-+]/)[0]!.split(".").map(Number);
}
