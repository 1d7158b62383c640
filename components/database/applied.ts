import { type Infrastructure, infrastructureOf } from "../live/infrastructure";
import type { Settings } from "../settings/settings";
import { functionCodeDigest } from "./function-files";

/** How a message calls the code, among the paths of settings. */
const CODE = "databases (the code of their function)";

/** What only `pulumi up` applies: settings, and with databases the code that makes their users, which packages are a part of. */
export function appliedBy(settings: Settings): Infrastructure {
  const hasDatabases = Object.keys(settings.databases).length > 0;
  return { ...infrastructureOf(settings), ...(hasDatabases ? { [CODE]: functionCodeDigest() } : {}) };
}
