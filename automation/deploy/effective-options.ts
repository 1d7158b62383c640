import { UserError } from "../../components/core/user-error";
import { isKeepWarmTime, KEEP_WARM_WANTED } from "../../components/settings/schema/deploy";
import { parseDuration } from "../core/duration";
import type { ApprovalState } from "../ports/checkpoint";
import type { RunTools } from "./context";

/** The approval that a deploy needs, by the command line, else by the settings; null for none. */
export function approvalOf({ approve, settings }: Pick<RunTools, "approve" | "settings">): ApprovalState | null {
  const { deploy } = settings;
  if ((approve ?? deploy.approve) === undefined) return null;
  return { withinMs: parseDuration(deploy.approveWithin), given: null };
}

/**
 * How long a deploy keeps old colours warm, by the command line, else by the settings; undefined if it retires them.
 * @throws UserError for a time that is none, or too short or too long
 */
export function keepWarmOf({ keepWarm, settings }: Pick<RunTools, "keepWarm" | "settings">): number | undefined {
  const time = keepWarm ?? settings.deploy.keepWarm;
  if (time === undefined || time === "0") return undefined;
  if (!isKeepWarmTime(time))
    throw new UserError(
      `--keep-warm: given "${time}", wanted ${KEEP_WARM_WANTED}, or 0 to retire the old colour at once`,
    );
  return parseDuration(time);
}
