import { UserError } from "../../components/core/user-error";
import type { StackOutputs } from "../../components/live/outputs";
import { isElastic } from "../../components/settings/elastic";
import { concurrently } from "../core/concurrently";
import { whoAmI } from "../core/process/who-am-i";
import type { DeployStore } from "../ports/store";
import { isUnfinished, lastRun, type NamedRun } from "../store/recorded-run";
import { forwardAgain, reversed, runStateOf } from "./checkpoint";
import { isRollback, type RunState, type RunTools, type StepContext } from "./context";
import { assertMayRollBack, assertNotFrozen } from "./freeze";
import { appendEntry, startRollback } from "./journal";
import { held } from "./live-transitions";
import { assertMayGoOn } from "./pending-settings";
import { stepsLeft } from "./plan";
import { activeReleases } from "./releases";
import { executeRun } from "./runner";
import { inSession, type Session } from "./session";
import { runningRollback, runText } from "./unfinished-run";
import { canGoBack } from "./way-back";

export interface ResumeOptions {
  waitMs: number;
}

export interface AbortOptions extends ResumeOptions {
  /** Stop a run that goes on elsewhere first. */
  stopRunning?: boolean;
  /** Why even a rollback is taken back; absent for a command that refuses that. */
  despiteRollback?: string | undefined;
}

/**
 * Goes on with the run that was not finished, in its direction.
 * @throws UserError when there is no such run; LeaseHeldError; DeployFailed
 */
export async function resume(tools: RunTools, store: DeployStore, { waitMs }: ResumeOptions): Promise<void> {
  await inSession(tools, store, { what: "resume", waitMs }, async (session) => {
    const last = unfinished(await lastRun(store), "resume");
    const { opened, checkpoint } = last.run;
    const state = runStateOf(last.run, session.outputs, session.context.clock.now());
    if (checkpoint.direction === "forward" && changesRouting(session, state)) {
      if (opened.command === "rollback") assertMayRollBack(tools);
      else await Promise.all([assertNotFrozen(tools, store), assertMayGoOn(session.context, state)]);
    }
    await resumeRun(session, "resume", last);
  });
}

/** True if the run has yet to change where production's requests go. A freeze does not refuse what only ends an old colour. */
function changesRouting({ context }: Session, state: RunState): boolean {
  return stepsLeft(context, state).some(({ step }) => step.changesRouting);
}

/**
 * Rolls the run that was not finished back to what was active before it.
 * @throws UserError when there is no such run, and for a rollback that is to be taken back without a reason; LeaseHeldError; DeployFailed
 */
export async function abort(tools: RunTools, store: DeployStore, options: AbortOptions): Promise<void> {
  const { despiteRollback, ...lease } = options;
  if (lease.stopRunning && despiteRollback === undefined) await assertNoRollbackRuns(store);
  const spares = async (outputs: StackOutputs) => {
    if (despiteRollback === undefined && (await runningRollback(store))) return true;
    const last = await lastRun(store);
    if (last && isUnfinished(last.run)) assertLeadsBack(runStateOf(last.run, outputs, tools.clock.now()), last);
    return false;
  };
  await inSession(tools, store, { what: "abort", ...lease, spares }, async (session) => {
    const last = await lastRun(store);
    if (await hasRolledItselfBack(session, last)) return;
    const left = unfinished(last, "abort");
    if (despiteRollback === undefined) assertLeadsNoRollbackAway(session, left);
    await resumeRun(session, "abort", left, despiteRollback);
  });
}

/** @throws UserError with exit code 1 while a rollback goes on elsewhere: to stop it would leave the release active that it leads away from */
async function assertNoRollbackRuns(store: DeployStore): Promise<void> {
  const running = await runningRollback(store);
  if (!running) return;
  const { what, who, pid, host } = running.holder;
  throw new UserError(
    `${what} by ${who} (pid ${pid} on ${host}) goes back already: wait for it to end; \`abort --stop-running --despite-rollback "REASON"\` stops it`,
    { exitCode: 1 },
  );
}

/** @throws UserError with exit code 1 if the run is a rollback: to take it back would make active again what it leads away from */
function assertLeadsNoRollbackAway({ context, outputs }: Session, last: NamedRun): void {
  const state = runStateOf(last.run, outputs, context.clock.now());
  if (state.command !== "rollback" || state.direction === "back") return;
  const to = Object.entries(reversed(state).desired)
    .map(([name, release]) => `${name} ${release?.name ?? "none"}`)
    .join(", ");
  throw new UserError(
    `${runText(last)} is not finished, and \`abort\` would lead production to ${to}: \`resume\` goes on with the rollback, \`abort --despite-rollback "REASON"\` goes to ${to} all the same`,
    { exitCode: 1 },
  );
}

/**
 * True if the run that was to be taken back has already rolled itself back, because it was stopped remotely, or was taken back by an `abort` that came first:
 * then nothing is left to do, and a notice says so. Another one that began meanwhile, and was stopped, too, says nothing of that run.
 */
export async function hasRolledItselfBack(session: Session, last: NamedRun | null): Promise<boolean> {
  const { hasStopped, met, store } = session;
  if (!met || !(hasStopped || met.holder.what === "abort") || last?.run.outcome !== "takenBack") return false;
  const entries = await store.journal(last.deploy);
  if (entries[0]!.fencing > met.fencing) return false;
  // An abort that found nothing to take back has left nothing in the journal.
  if (!hasStopped && entries.at(-1)!.fencing < met.fencing) return false;
  noticeEnd(session, last, hasStopped ? "stopped and was taken back" : "was taken back meanwhile");
  return true;
}

/** Says in a notice how a run ended that nothing is left to do for, and which releases its services have in production. */
export function noticeEnd({ context, outputs }: Session, last: NamedRun, how: string): void {
  const now = activeReleases(outputs.live, Object.keys(last.run.checkpoint.desired));
  const message = `${runText(last)} ${how}: production is on ${now}`;
  context.emit({ type: "notice", atMs: context.clock.now(), message });
}

/**
 * Goes on with a recorded run. `abort` and `rollback` reverse its direction first; but `rollback` leads a run that is itself a rollback only forward.
 * @param reason why it is taken back, for the history; "" without one
 */
export async function resumeRun(
  session: Session,
  command: "resume" | "abort" | "rollback",
  last: NamedRun,
  reason = "",
): Promise<void> {
  const { context, store, lease, outputs } = session;
  const { deploy, run } = last;
  const { opened } = run;
  const startedMs = context.clock.now();
  const recorded = runStateOf(run, outputs, startedMs);
  let state = command === "resume" ? recorded : inDirectionOf(command, recorded, last);
  const journal = { deploy, store, lease };
  await appendEntry(journal, { atMs: startedMs, kind: "resumed", who: whoAmI(), command });
  if (state !== recorded || reason !== "") {
    const why = `${command} by ${whoAmI()}${reason === "" ? "" : `: ${reason}`}`;
    await startRollback(context, state, why, journal);
  }
  // The same step comes again, where its end is not recorded: it takes away what is left, and looks what runs by now.
  const holdsAgain = run.isHolding && state.direction === "forward";
  if (isRollback(state)) state = await countedAgain(context, run.hasHeld && !holdsAgain ? withoutEnds(state) : state);
  await executeRun(session, { deploy, command, asked: opened.asked, state, startedMs });
}

/**
 * The state in the direction of the command: the same if the run has it already.
 * @throws UserError if there is no release to go back to
 */
function inDirectionOf(command: "abort" | "rollback", state: RunState, last: NamedRun): RunState {
  if (command === "rollback" && state.command === "rollback")
    return state.direction === "forward" ? state : forwardAgain(state, last.run);
  if (state.direction === "back") return state;
  assertLeadsBack(state, last);
  return reversed(state);
}

/** @throws UserError with exit code 1 if there is no release that the run could be taken back to */
export function assertLeadsBack(state: RunState, last: NamedRun): void {
  if (state.direction === "back" || canGoBack(state)) return;
  throw new UserError(
    `${runText(last)} made a first release active: there is none to go back to; \`resume\` goes on with it`,
    { exitCode: 1 },
  );
}

/** The state of a run that has taken scheduled actions away: nothing ends the idle colours any more, whatever the stack says. */
function withoutEnds(state: RunState): RunState {
  const all = Object.keys(state.desired).map((name) => [name, true] as const);
  return { ...state, live: held(state.live, Object.fromEntries(all)) };
}

/**
 * The state with as many instances as production has now, where their number follows the load: hours may have passed since they were counted.
 * They stay as they were where AWS does not say: that must not keep a run from going back.
 */
async function countedAgain({ observer, settings }: StepContext, state: RunState): Promise<RunState> {
  const elastic = Object.keys(state.desired).filter((name) => isElastic(settings.services[name]!.size));
  const counted = await concurrently(elastic, async (name) => {
    const { active } = state.live.services[name]!;
    const seen = await observer.colour(state.outputs.services[name]!.colours[active]).catch(() => null);
    return seen ? [[name, seen.inService] as const] : [];
  });
  return { ...state, activeInstances: { ...state.activeInstances, ...Object.fromEntries(counted.flat()) } };
}

/**
 * The run, if something of it is left to do.
 * @throws UserError if there is no run, or it is finished
 */
function unfinished(last: NamedRun | null, command: string): NamedRun {
  if (!last) throw new UserError(`nothing to ${command}: this stack had no deploy yet`, { exitCode: 1 });
  if (isUnfinished(last.run)) return last;
  const { outcome, opened } = last.run;
  const ended = outcome === "done" ? "is done" : "was taken back";
  // After a rollback that is done it is refused.
  const next =
    outcome === "done" && opened.command !== "rollback" ? "; `rollback` goes back to the release before" : "";
  throw new UserError(`nothing to ${command}: the last run, ${runText(last)}, ${ended}${next}`, { exitCode: 1 });
}
