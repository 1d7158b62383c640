import type { StackOutputs } from "../../components/live/outputs";
import type { ImageRequest, Wish } from "../core/desired-releases";
import { parseDuration } from "../core/duration";
import { whoAmI } from "../core/process/who-am-i";
import { type ApprovalState, type DeployStore, JOURNAL_VERSION } from "../ports/store";
import { standingOf } from "./checkpoint";
import { commandLine } from "./command-line";
import type { RunTools, Situation } from "./context";
import { conduct } from "./execute-run";
import { NO_PROGRESS } from "./plan";
import { write } from "./runner";
import { assertFinished, assertNotFrozen, commitOf, deployId, inSession, type Session } from "./session";

export interface DeployWishes {
  requests: ImageRequest[];
  /** Why, for the history; "" without. */
  reason: string;
  waitMs: number;
}

/**
 * A whole deploy: lease, journal, steps, and the closing line, whatever happens.
 * @throws UserError (wrong use, or a run that is not finished), LeaseHeldError, DeployFailed
 */
export async function deploy(tools: RunTools, store: DeployStore, wishes: DeployWishes): Promise<void> {
  const { requests, reason, waitMs } = wishes;
  const asked = Object.fromEntries(requests.map(({ service, image }) => [service, image]));
  await inSession(tools, store, { what: commandLine("deploy", asked), waitMs }, async (session) => {
    await assertNotFrozen(store);
    await assertFinished(store);
    await openRun(session, "deploy", { requests, wish: unpinned(requests), asked, reason });
  });
}

/** Only the registry knows the digests: preflight pins them. */
export function unpinned(requests: readonly ImageRequest[]): Wish {
  return Object.fromEntries(requests.map(({ service, image }) => [service, { image: "", name: image }]));
}

/** Where a run stands before its first step. */
export function startOf(
  command: "deploy" | "rollback",
  { deploy, requests, wish, approval }: Pick<Situation, "deploy" | "requests" | "wish" | "approval">,
  outputs: StackOutputs,
): Situation {
  return {
    deploy,
    command,
    way: "forward",
    requests,
    wish,
    before: outputs.live,
    outputs,
    live: outputs.live,
    progress: NO_PROGRESS,
    running: {},
    ignoredAlarms: [],
    ignoredUnhealthy: [],
    approval,
    unsettled: null,
  };
}

interface NewRun {
  requests: ImageRequest[];
  wish: Wish;
  asked: Record<string, string>;
  reason: string;
}

/** Opens a journal for a new run and conducts it. */
export async function openRun(
  session: Session,
  command: "deploy" | "rollback",
  { requests, wish, asked, reason }: NewRun,
): Promise<void> {
  const { context, store, lease, outputs } = session;
  const startedMs = context.clock.now();
  const deployName = deployId(startedMs, lease);
  const approval = command === "deploy" ? approvalOf(context) : null;
  const situation = startOf(command, { deploy: deployName, requests, wish, approval }, outputs);
  await write(
    { deploy: deployName, store, lease },
    {
      atMs: startedMs,
      kind: "opened",
      version: JOURNAL_VERSION,
      deploy: deployName,
      command,
      who: whoAmI(),
      commit: await commitOf(context.projectDirectory),
      reason,
      asked,
      live: outputs.live,
      standing: standingOf(situation),
    },
  );
  await conduct(session, { deploy: deployName, command, asked, situation, startedMs });
}

/** Whether a deploy is to be approved: by the command line, else by the settings. */
export function approvalOf({ approve, settings }: Pick<RunTools, "approve" | "settings">): ApprovalState | null {
  const { deploy } = settings;
  if ((approve ?? deploy.approve) === undefined) return null;
  return { withinMs: parseDuration(deploy.approveWithin), given: null };
}
