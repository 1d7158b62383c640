import { runModule } from "../core/package-directory";
import { runTool } from "./run-tool";
import { PULUMI_VERSION } from "./versions";

/** Enough for the 150 MB at 2 Mbit/s. */
const DOWNLOAD_LIMIT_MS = 10 * 60_000;

/** Command that downloads the CLI. The folder and the version are appended as arguments. */
export const OFFICIAL_INSTALLER = [process.execPath, ...runModule("automation/pulumi-cli/installer")];

/**
 * Downloads the CLI into `root`/bin.
 * @throws Error if the download fails (see `failureReason`); the signal's reason if aborted
 */
export async function downloadCli(
  root: string,
  installer: readonly string[],
  signal?: AbortSignal,
  onHeartbeat?: (seconds: number) => void,
): Promise<void> {
  await runTool([...installer, root, PULUMI_VERSION], {
    cwd: __dirname,
    ownGroup: true,
    limitMs: DOWNLOAD_LIMIT_MS,
    signal,
    onHeartbeat,
  });
}
