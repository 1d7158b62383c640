import { UserError } from "../../components/core/user-error";
import { whoAmI } from "../core/process/who-am-i";
import { decide } from "../deploy/decide";
import { openStackStore } from "./stack-outputs";

export interface ApproveOptions {
  stack: string;
  refuse: boolean;
  reason: string;
  json: boolean;
  store?: string;
}

/** @param run id of the run; undefined for whichever waits */
export async function runApprove(
  run: string | undefined,
  { stack, refuse, reason, json, store }: ApproveOptions,
): Promise<void> {
  const says = refuse ? "refused" : "approved";
  const verdict = { deploy: run ?? null, who: whoAmI(), atMs: Date.now(), says, reason } as const;
  const opened = await openStackStore(stack, store);
  const { deploy, what, counts } = await decide(opened, verdict);
  if (counts.says !== says)
    throw new UserError(`${deploy} was ${counts.says} before, by ${counts.who}`, { exitCode: 1 });
  // What is approved waits for the end of a freeze. One of the settings' windows is said by the run.
  const frozen = refuse ? null : await opened.frozen().catch(() => null);
  const waits = frozen
    ? `; the cutover waits until \`unfreeze\` ends the freeze by ${frozen.who}: ${frozen.reason}`
    : "";
  const by = counts.who === verdict.who ? "" : ` by ${counts.who}`;
  console.log(
    json ? JSON.stringify({ deploy, what, ...counts, frozen }) : `${deploy} (${what}) is ${counts.says}${by}${waits}`,
  );
}
