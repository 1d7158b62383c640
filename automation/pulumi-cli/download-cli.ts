import { join } from "node:path";
import { runTool } from "./run-tool";
import { PULUMI_VERSION } from "./versions";

/** About 150 MB: enough for 2 Mbit/s. */
const DOWNLOAD_LIMIT_MS = 10 * 60_000;

/** The command that downloads; the folder and the version are added to it. */
export const OFFICIAL_INSTALLER = [
  process.execPath,
  "-r",
  "ts-node/register/transpile-only",
  join(__dirname, "installer.ts"),
];

/**
 * Downloads the CLI into `root`/bin. Rejects with an error that `failureReason` makes one line of; with the signal's
 * reason if stopped.
 */
export async function downloadCli(
  root: string,
  installer: readonly string[],
  signal?: AbortSignal,
  onHeartbeat?: (seconds: number) => void,
): Promise<void> {
  await runTool([...installer, root, PULUMI_VERSION], {
    // Where ts-node and its settings are found, whatever folder the person is in.
    cwd: __dirname,
    ownGroup: true,
    limitMs: DOWNLOAD_LIMIT_MS,
    signal,
    onHeartbeat,
  });
}
