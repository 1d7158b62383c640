import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "../../../automation/core/cache-folder";
import { failureReason } from "../../../automation/pulumi-cli/failure-reason";
import { findOnPath } from "../../../automation/pulumi-cli/find-on-path";
import { runTool } from "../../../automation/pulumi-cli/run-tool";

/** go.mod pins the same one. */
export const ACTIONLINT_VERSION = "1.7.12";
const PACKAGE = "github.com/rhysd/actionlint/cmd/actionlint";
/** Half a minute on two busy cores, once; this leaves room for a slow machine and for modules to be fetched. */
const BUILD_LIMIT_MS = 10 * 60_000;

/**
 * The file of actionlint, the linter of GitHub's workflows: on PATH, else in the cache, else built there from Go modules, as go.mod beside this file pins
 * them. (There is no well-kept npm package of it.) Or, in one line, why there is none.
 */
export async function findActionlint(
  onProgress: (line: string) => void,
): Promise<{ file: string } | { missing: string }> {
  const onPath = findOnPath("actionlint");
  if (onPath !== undefined) return { file: onPath };
  const folder = join(cacheFolder(), `actionlint-${ACTIONLINT_VERSION}`);
  const file = join(folder, "actionlint");
  if (existsSync(file)) return { file };
  const go = findOnPath("go");
  if (go === undefined) return { missing: "neither actionlint nor go is on PATH" };
  onProgress(`building actionlint ${ACTIONLINT_VERSION} from Go modules, half a minute the first time`);
  const partial = `${file}.${process.pid}`;
  try {
    await mkdir(folder, { recursive: true });
    await runTool([go, "build", "-o", partial, PACKAGE], {
      cwd: __dirname,
      env: { ...process.env, GOWORK: "off" },
      limitMs: BUILD_LIMIT_MS,
    });
    await rename(partial, file);
    return { file };
  } catch (error) {
    return { missing: `actionlint cannot be built: ${failureReason(error)}` };
  }
}
