import { join } from "node:path";
import { findOnPath } from "./find-on-path";
import { runTool } from "./run-tool";
import { PULUMI_VERSION } from "./versions";

/** A build takes about 3 minutes on two cores. The limit leaves room for a slow machine. */
const BUILD_LIMIT_MS = 30 * 60_000;

const PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";

/** Without debug information, which the linker would omit, and with fewer garbage collections than by default (100): a fifth less time. */
const COMPILER_FLAGS = "all=-dwarf=false";
const GC_PERCENT = "200";

/** Sets the version, which the Automation API requires. `-s -w` omits debug information (a third of the file). */
const LINKER_FLAGS = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${PULUMI_VERSION}`;

/**
 * Builds the CLI into `root`/bin from Go modules, in the versions that go.mod and go.sum beside this file pin.
 * @throws Error if Go is not on PATH or the build fails (see `failureReason`); the signal's reason if aborted
 */
export async function buildCli(
  root: string,
  signal?: AbortSignal,
  onHeartbeat?: (seconds: number) => void,
): Promise<void> {
  const go = findOnPath("go");
  if (go === undefined) throw new Error("go is not on PATH");
  const flags = ["-gcflags", COMPILER_FLAGS, "-ldflags", LINKER_FLAGS];
  await runTool([go, "build", "-o", join(root, "bin", "pulumi"), ...flags, PACKAGE], {
    cwd: __dirname,
    // A Go workspace file of the user must not change what is built.
    env: { GOGC: GC_PERCENT, ...process.env, GOWORK: "off" },
    limitMs: BUILD_LIMIT_MS,
    signal,
    onHeartbeat,
  });
}
