import { UserError } from "../../components/core/user-error";
import { isElastic } from "../../components/settings/elastic";
import { concurrently } from "../core/concurrently";
import { commandLine } from "../core/desired-releases";
import { whoAmI } from "../core/process/who-am-i";
import type { DeployStore } from "../ports/store";
import { isUnfinished, lastRun, type NamedRun } from "../store/recorded-run";
import { reversed, runStateOf } from "./checkpoint";
import type { RunState, RunTools, StepContext } from "./context";
import { assertNotFrozen } from "./freeze";
import { appendEntry } from "./journal";
import { held } from "./live-transitions";
import { canRollBack } from "./plan-facts";
import { activeReleases } from "./releases";
import { executeRun, startRollback } from "./runner";
import { inSession, type Session } from "./session";

export interface ResumeOptions {
  waitMs: number;
  /** For `abort`: stop a run that goes on elsewhere first. */
  stopRunning?: boolean;
}

/**
 * Goes on with the run that was not finished, in its direction.
 * @throws UserError when there is no such run; LeaseHeldError; DeployFailed
 */
export async function resume(tools: RunTools, store: DeployStore, { waitMs }: ResumeOptions): Promise<void> {
  await inSession(tools, store, { what: "resume", waitMs }, async (session) => {
    const last = unfinished(await lastRun(store), "resume");
    if (last.run.checkpoint.direction === "forward") await assertNotFrozen(tools, store);
    await resumeRun(session, "resume", last);
  });
}

/**
 * Rolls the run that was not finished back to what was active before it.
 * @throws UserError when there is no such run; LeaseHeldError; DeployFailed
 */
export async function abort(tools: RunTools, store: DeployStore, options: ResumeOptions): Promise<void> {
  await inSession(tools, store, { what: "abort", ...options }, async (session) => {
    const last = await lastRun(store);
    if (hasRolledItselfBack(session, last)) return;
    await resumeRun(session, "abort", unfinished(last, "abort"));
  });
}

/** True if a run that was stopped remotely has already rolled itself back: then nothing is left to do, and a notice says so. */
export function hasRolledItselfBack({ context, outputs, hasStopped }: Session, last: NamedRun | null): boolean {
  if (!hasStopped || last?.run.outcome !== "takenBack") return false;
  const { opened, checkpoint } = last.run;
  const now = activeReleases(outputs.live, Object.keys(checkpoint.desired));
  const message = `${last.deploy} (${commandLine(opened.command, opened.asked)}) stopped and was taken back: production is on ${now}`;
  context.emit({ type: "notice", atMs: context.clock.now(), message });
  return true;
}

/** Goes on with a recorded run; `abort` and `rollback` reverse its direction first. */
export async function resumeRun(
  session: Session,
  command: "resume" | "abort" | "rollback",
  { deploy, run }: NamedRun,
): Promise<void> {
  const { context, store, lease, outputs } = session;
  const { opened } = run;
  const startedMs = context.clock.now();
  const journal = { deploy, store, lease };
  await appendEntry(journal, { atMs: startedMs, kind: "resumed", who: whoAmI(), command });
  let state = runStateOf(run, outputs, startedMs);
  if (command !== "resume" && state.direction === "forward") {
    state = reversed(state);
    if (!canRollBack(state.live, state.desired))
      throw new UserError(
        `${deploy} (${commandLine(opened.command, opened.asked)}) made a first release active: there is none to go back to; \`resume\` goes on with it`,
        { exitCode: 1 },
      );
    await startRollback(context, state, `${command} by ${whoAmI()}`, journal);
  }
  if (state.direction === "back") state = await countedAgain(context, run.hasHeld ? withoutEnds(state) : state);
  await executeRun(session, { deploy, command, asked: opened.asked, state, startedMs });
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
  const { opened, outcome } = last.run;
  const ended = outcome === "done" ? "is done" : "was taken back";
  const next = outcome === "done" ? "; `rollback` goes back to the release before" : "";
  throw new UserError(
    `nothing to ${command}: the last run, ${last.deploy} (${commandLine(opened.command, opened.asked)}), ${ended}${next}`,
    { exitCode: 1 },
  );
}
