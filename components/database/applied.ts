import { changedInfrastructure, type Infrastructure, infrastructureOf } from "../live/infrastructure";
import { programCodeDigest } from "../live/program-code";
import type { Settings } from "../settings/settings";
import { functionCodeDigest } from "./function-files";

/** How a message calls the code, among the paths of settings. */
const FUNCTION = "databases (the code of their function)";
export const PROGRAM = "aoshingo (the code of its program)";

/**
 * What only `pulumi up` applies: settings; with databases the code that makes their users, which packages are a part of; and with roles for CI
 * the program's own code, which may declare anything in another way.
 */
export function appliedBy(settings: Settings): Infrastructure {
  const hasDatabases = Object.keys(settings.databases).length > 0;
  return {
    ...infrastructureOf(settings),
    ...(hasDatabases ? { [FUNCTION]: functionCodeDigest() } : {}),
    ...(settings.ci ? { [PROGRAM]: programCodeDigest() } : {}),
  };
}

/** What differs from the last run in that, by its paths. Of the program's code nothing is said where that run was an older program's, which kept none. */
export function changedSince(before: Infrastructure, settings: Settings): string[] {
  const { [PROGRAM]: program, ...others } = appliedBy(settings);
  const isKnown = PROGRAM in before && program !== undefined;
  return changedInfrastructure(before, isKnown ? { ...others, [PROGRAM]: program } : others);
}
