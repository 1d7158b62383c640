import { accessSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { findOnPath } from "../../automation/pulumi-cli/find-on-path";

const LANGUAGE_HOST = "pulumi-language-nodejs";

/**
 * Whether this CLI lacks the language host for Node that the official download has: where the CLI itself looks, it is
 * neither on PATH nor beside it.
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
