import { runModule } from "../core/package-directory";
import { runTool } from "./run-tool";
import { PULUMI_VERSION } from "./versions";

/** Enough for the 150 MB at 2 Mbit/s. */
const DOWNLOAD_LIMIT_MS = 10 * 60_000;

/** Command that downloads the CLI. The folder and the version are appended as arguments. */
export const OFFICIAL_INSTALLER = [process.execPath, ...runModule("automation/pulumi-cli/installer")];

/** Variables that a download takes: where programs and temporary files are, and how it gets past a proxy and whom it trusts. */
const PASSED = [
  ...["PATH", "HOME", "TMPDIR"],
  ...["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"],
  ...["NODE_EXTRA_CA_CERTS", "NODE_USE_SYSTEM_CA", "NODE_OPTIONS", "SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE"],
];

/**
 * Downloads the CLI into `root`/bin. The installer runs a script that it downloads, so it gets no key and no passphrase of this environment.
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
    env: Object.fromEntries(PASSED.map((name) => [name, process.env[name]])),
    ownGroup: true,
    limitMs: DOWNLOAD_LIMIT_MS,
    signal,
    onHeartbeat,
  });
}
