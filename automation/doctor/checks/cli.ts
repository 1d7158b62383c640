import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { presentCli } from "../../pulumi-cli/present-cli";
import { MINIMUM_PULUMI_VERSION } from "../../pulumi-cli/versions";
import { type Check, type Finding, ok, todo } from "../check";

const execFileAsync = promisify(execFile);

/** The Pulumi CLI is there and new enough. */
export const cli: Check = {
  name: "Pulumi CLI",
  async look() {
    const present = presentCli();
    if (!present) return [todo("there is none", "let `npm run pulumi-cli` fetch it")];
    const { stdout } = await execFileAsync(present.command, ["version"], {
      env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    });
    return [judgeCli(stdout.trim(), present.command)];
  },
};

/** @param version as the CLI prints it, such as `v3.260.0` */
export function judgeCli(version: string, file: string): Finding {
  const [is, wanted] = [numbersOf(version), numbersOf(MINIMUM_PULUMI_VERSION)];
  const at = is.findIndex((number, index) => number !== wanted[index]);
  const isOld = at >= 0 && is[at]! < wanted[at]!;
  if (!isOld) return ok(`${version} (${file})`);
  return todo(
    `${version} (${file}) is older than ${MINIMUM_PULUMI_VERSION}`,
    "update it, or take it off PATH: then a newer one is fetched",
  );
}

function numbersOf(version: string): number[] {
  return version.replace(/^v/, "").split(/[-+]/)[0]!.split(".").map(Number);
}
