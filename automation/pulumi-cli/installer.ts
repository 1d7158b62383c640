import { setTimeout as sleep } from "node:timers/promises";
import { PulumiCommand, type PulumiCommandOptions } from "@pulumi/pulumi/automation/cmd";
import { EnvHttpProxyAgent, request, setGlobalDispatcher } from "undici";
import { failureReason } from "./failure-reason";

/*
 * `installer.ts FOLDER VERSION` puts the Pulumi CLI into FOLDER/bin with Pulumi's official installer. It is a process of
 * its own because the Automation API can neither stop that installer nor limit its time.
 */

/** For the first answer of the download site: all the time that is lost where a firewall drops packets. */
const REACHABLE_LIMIT_MS = 15_000;

async function install(root: string, version: string): Promise<void> {
  // Node's own fetch, which the Automation API uses, knows no proxy.
  setGlobalDispatcher(new EnvHttpProxyAgent());
  // The Automation API drops the cause of a failed connection ("fetch failed"), so ask once ourselves.
  await Promise.race([request("https://get.pulumi.com/install.sh", { method: "HEAD" }), noAnswer()]);
  await PulumiCommand.install({
    root,
    // It wants an object of semver, which is not ours to import, but only ever writes it into a command line ...
    version: version as unknown as PulumiCommandOptions["version"] & {},
    // ... as long as it does not compare it. Whoever runs this looks at the version.
    skipVersionCheck: true,
  });
}

/** Not the request's own signal: undici does not look at it while it waits for a proxy. */
async function noAnswer(): Promise<never> {
  await sleep(REACHABLE_LIMIT_MS);
  throw new Error(`no answer from get.pulumi.com within ${REACHABLE_LIMIT_MS / 1000} s`);
}

// Whoever started this is gone, and with them the reason to go on. The group includes the installer's shell and curl.
process.stdin.resume().on("end", () => process.kill(-process.pid, "SIGKILL"));

const [root = "", version = ""] = process.argv.slice(2);
install(root, version).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(failureReason(error));
    process.exit(1);
  },
);
