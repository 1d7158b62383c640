import type { StackOutputs } from "../../components/live/outputs";
import { commandLine, type DesiredReleases, type ImageRequest } from "../core/desired-releases";
import { commitOf } from "../core/process/commit-of";
import { whoAmI } from "../core/process/who-am-i";
import { NO_PROGRESS } from "../ports/checkpoint";
import { JOURNAL_VERSION, type OpeningCommand } from "../ports/journal";
import type { DeployStore } from "../ports/store";
import { checkpointOf } from "./checkpoint";
import type { RunState, RunTools } from "./context";
import { approvalOf, keepWarmOf } from "./effective-options";
import { assertNotFrozen } from "./freeze";
import { appendEntry } from "./journal";
import { executeRun } from "./runner";
import { deployId, inSession, type Session } from "./session";
import { assertFinished } from "./unfinished-run";

export interface DeployRequest {
  /** `restart` deploys what the services run, although it is active already. */
  command: "deploy" | "restart";
  requests: ImageRequest[];
  /** The reason, for the history; "" without one. */
  reason: string;
  waitMs: number;
  /** Run migrations again that were run before. */
  migrateAgain?: boolean | undefined;
}

/**
 * Deploys: takes the lease, opens the journal, executes the run and closes the journal, whatever happens.
 * @throws UserError for wrong use and while an earlier run is not finished; LeaseHeldError; DeployFailed
 */
export async function deploy(tools: RunTools, store: DeployStore, request: DeployRequest): Promise<void> {
  const { command, requests, reason, waitMs, migrateAgain } = request;
  const asked = Object.fromEntries(requests.map(({ service, image }) => [service, image]));
  await inSession(tools, store, { what: commandLine(command, asked), waitMs }, async (session) => {
    await assertNotFrozen(tools, store);
    await assertFinished(store, session.outputs.live);
    await openRun(session, command, { requests, desired: unpinned(requests), asked, reason, migrateAgain });
  });
}

/** Desired releases without digests, which only the registry knows: preflight pins them. */
export function unpinned(requests: readonly ImageRequest[]): DesiredReleases {
  return Object.fromEntries(requests.map(({ service, image }) => [service, { image: "", name: image }]));
}

/** The state of a run before its first step. */
export function initialState(
  command: OpeningCommand,
  {
    deploy,
    requests,
    desired,
    approval,
    keepWarmMs,
    migrateAgain,
  }: Pick<RunState, "deploy" | "requests" | "desired" | "approval" | "keepWarmMs"> &
    Pick<DeployRequest, "migrateAgain">,
  outputs: StackOutputs,
): RunState {
  return {
    deploy,
    command,
    direction: "forward",
    requests,
    desired,
    before: outputs.live,
    outputs,
    live: outputs.live,
    ...(keepWarmMs === undefined ? {} : { keepWarmMs }),
    ...(migrateAgain ? { migrateAgain } : {}),
    // To end what is kept warm nothing of production has to be known.
    progress: { ...NO_PROGRESS, preflight: command === "retire" },
    activeInstances: {},
    ignoredAlarms: [],
    ignoredUnhealthy: [],
    approval,
    unsettled: null,
  };
}

interface NewRun extends Pick<DeployRequest, "migrateAgain"> {
  requests: ImageRequest[];
  desired: DesiredReleases;
  asked: Record<string, string>;
  reason: string;
}

/** Opens the journal of a new run and executes the run. */
export async function openRun(
  session: Session,
  command: OpeningCommand,
  { requests, desired, asked, reason, migrateAgain }: NewRun,
): Promise<void> {
  const { context, store, lease, outputs } = session;
  const startedMs = context.clock.now();
  const deployName = deployId(startedMs, lease);
  const isDeploy = command === "deploy" || command === "restart";
  const approval = isDeploy ? approvalOf(context) : null;
  const keepWarmMs = isDeploy ? keepWarmOf(context) : undefined;
  const start = { deploy: deployName, requests, desired, approval, keepWarmMs, migrateAgain };
  const state = initialState(command, start, outputs);
  await appendEntry(
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
      checkpoint: checkpointOf(state),
    },
  );
  await executeRun(session, { deploy: deployName, command, asked, state, startedMs });
}
