import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation/cmd";
import { UserError } from "../../components/core/user-error";
import { cacheFolder } from "../core/cache-folder";
import { buildCli } from "./build-cli";
import { cliOnPath, RefusedCli } from "./cli-on-path";
import { downloadCli, OFFICIAL_INSTALLER } from "./download-cli";
import { failureReason } from "./failure-reason";
import { discardCli, placeCli, preparePlace } from "./place-cli";
import { GO_VERSION, MINIMUM_PULUMI_VERSION, PULUMI_VERSION } from "./versions";

const REMEDY =
  `Install Pulumi ${MINIMUM_PULUMI_VERSION} or newer (https://www.pulumi.com/docs/install/), or allow downloads from ` +
  `get.pulumi.com, or install Go ${GO_VERSION} or newer (https://go.dev/dl/); then run this again`;

export interface GetCliOptions {
  /**
   * Called with a line for each step that takes time, and never if the CLI is installed already. Default: no output.
   */
  onProgress?: (line: string) => void;
  /** Aborts a download or build. */
  signal?: AbortSignal;
  /** Folder of a downloaded or built CLI. Default: `aoshingo` in the user's cache folder. */
  cacheFolder?: string;
  /**
   * Command that downloads the CLI. Its last arguments are a folder and a version. Default: Pulumi's official
   * installer.
   */
  installer?: readonly string[];
}

/**
 * Returns the first of these that works: `pulumi` on PATH if it is new enough, the CLI in the cache, a downloaded CLI,
 * a CLI built from Go modules. If a CLI is installed, this takes one run of `pulumi version` (0.2 s), which proves that
 * it works.
 * @throws UserError (exit code 1) of one line that says what was tried and what to do; the signal's reason if aborted
 */
export async function getCli(options: GetCliOptions = {}): Promise<PulumiCommand> {
  const folder = options.cacheFolder ?? cacheFolder();
  const root = join(folder, `pulumi-${PULUMI_VERSION}`);
  const refused = new RefusedCli(folder);
  const tried: string[] = [];
  if (!existsSync(root) || !refused.isStillThere()) {
    const onPath = await cliOnPath();
    if (typeof onPath !== "string") return onPath;
    tried.push(onPath);
  }
  const cli = (await cachedCli(root, tried)) ?? (await fetchCli(root, tried, options));
  await refused.remember();
  return cli;
}

async function cachedCli(root: string, tried: string[]): Promise<PulumiCommand | undefined> {
  if (!existsSync(root)) return undefined;
  try {
    return await PulumiCommand.get({ root });
  } catch (error) {
    tried.push(`the one in ${root} does not work (${failureReason(error)})`);
    // Remove it now: later another run may have put a good CLI there. If this fails, `fetchCli` reports it.
    await discardCli(root).catch(() => {});
    return undefined;
  }
}

async function fetchCli(root: string, tried: string[], options: GetCliOptions): Promise<PulumiCommand> {
  const { onProgress = () => {}, signal, installer = OFFICIAL_INSTALLER } = options;
  try {
    await preparePlace(root);
  } catch (error) {
    const wanted = "make it writable, or set XDG_CACHE_HOME to a folder of yours";
    throw new UserError(`no Pulumi CLI: cannot write to ${dirname(root)} (${failureReason(error)}); ${wanted}`, {
      exitCode: 1,
      cause: error,
    });
  }
  onProgress(`Pulumi CLI ${PULUMI_VERSION}: ${tried.join("; ")}; downloading it`);
  try {
    const heartbeat = (seconds: number) => onProgress(`downloading the Pulumi CLI: ${seconds} s`);
    return await placeCli(root, (partialRoot) => downloadCli(partialRoot, installer, signal, heartbeat));
  } catch (error) {
    signal?.throwIfAborted();
    tried.push(`download not possible (${failureReason(error)})`);
  }
  onProgress(`${tried.at(-1)}; building it from Go modules, about 3 minutes the first time`);
  try {
    const heartbeat = (seconds: number) => onProgress(`building the Pulumi CLI: ${seconds} s`);
    return await placeCli(root, (partialRoot) => buildCli(partialRoot, signal, heartbeat));
  } catch (error) {
    signal?.throwIfAborted();
    tried.push(`build not possible (${failureReason(error)})`);
    throw new UserError(`no Pulumi CLI: ${tried.join("; ")}. ${REMEDY}`, { exitCode: 1, cause: error });
  }
}
