import { setTimeout as sleep } from "node:timers/promises";
import { PulumiCommand, type PulumiCommandOptions } from "@pulumi/pulumi/automation/cmd";
import { EnvHttpProxyAgent, request, setGlobalDispatcher } from "undici";
import { killGroup } from "../core/process/kill-group";
import { failureReason } from "./failure-reason";

/*
 * `installer.ts FOLDER VERSION` installs the Pulumi CLI in FOLDER/bin with Pulumi's official installer. It runs in a
 * process of its own because the Automation API can neither stop that installer nor limit its time.
 */

/** Limit for the first answer of the download site: the time that is lost if a firewall drops packets. */
const REACHABLE_LIMIT_MS = 15_000;

async function install(root: string, version: string): Promise<void> {
  // The Automation API uses Node's fetch, which ignores proxy variables by default.
  setGlobalDispatcher(new EnvHttpProxyAgent());
  // The Automation API drops the cause of a failed connection ("fetch failed"), so this connects once to find it.
  await Promise.race([request("https://get.pulumi.com/install.sh", { method: "HEAD" }), noAnswer()]);
  await PulumiCommand.install({
    root,
    // The type is an object of semver, which is not a dependency here. It is only written into a command line ...
    version: version as unknown as PulumiCommandOptions["version"] & {},
    // ... unless it is compared, so the comparison is off. The caller checks the version.
    skipVersionCheck: true,
  });
}

/** Rejects after the limit. A signal would not do: undici ignores the request's signal while it waits for a proxy. */
async function noAnswer(): Promise<never> {
  await sleep(REACHABLE_LIMIT_MS);
  throw new Error(`no answer from get.pulumi.com within ${REACHABLE_LIMIT_MS / 1000} s`);
}

// The parent process has ended, so nobody needs the CLI. The process group includes the installer's shell and curl.
process.stdin.resume().on("end", () => killGroup(process.pid, "SIGKILL"));

const [root = "", version = ""] = process.argv.slice(2);
install(root, version).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(failureReason(error));
    process.exit(1);
  },
);
