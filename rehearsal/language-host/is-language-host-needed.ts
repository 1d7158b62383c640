import { accessSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { findOnPath } from "../../automation/pulumi-cli/find-on-path";

const LANGUAGE_HOST = "pulumi-language-nodejs";

/**
 * Whether this CLI lacks the language host for Node, which comes with the official download: the CLI looks for it on
 * PATH and in its own folder.
 */
export function isLanguageHostNeeded(cliFile: string): boolean {
  if (findOnPath(LANGUAGE_HOST) !== undefined) return false;
  try {
    accessSync(join(dirname(realpathSync(cliFile)), LANGUAGE_HOST));
    return false;
  } catch {
    return true;
  }
}
