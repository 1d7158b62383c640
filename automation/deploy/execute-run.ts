import { UserError } from "../../components/core/user-error";
import { DeployFailed } from "../core/errors";
import type { RunCommand } from "../ports/events";
import type { Outcome } from "../ports/journal";
import { LeaseLostError } from "../ports/store";
import type { RunState } from "./context";
import { expectedSteps } from "./planned-steps";
import { appendEntry, executeSteps, type Journal } from "./runner";
import type { Session } from "./session";

/** What a command goes on with: a run that is in the journal, new or taken up. */
export interface StartedRun {
  deploy: string;
  command: RunCommand;
  /** Image or release by service, for people. */
  asked: Record<string, string>;
  state: RunState;
  /** Of the whole command, from when its lease was held. */
  startedMs: number;
}

/**
 * From the first event to the journal's closing line: says what will be done, does it, and writes down how it ended.
 * @throws DeployFailed, LeaseLostError, UserError
 */
export async function executeRun(session: Session, { deploy, command, asked, state: start, startedMs }: StartedRun) {
  const { context, store, lease } = session;
  const { clock, emit, stack } = context;
  const journal: Journal = { deploy, store, lease };
  let state = start;
  emit({ type: "deployStarted", atMs: clock.now(), deploy, command, stack: stack.name, releases: asked });
  emit({ type: "live", atMs: clock.now(), live: state.outputs.live });
  emit({ type: "planned", atMs: clock.now(), steps: await expectedSteps(context, store, state) });
  try {
    state = await executeSteps(context, state, journal, (next) => {
      state = next;
    });
    await finish(state.direction === "back" ? "takenBack" : "done", "", null);
  } catch (error) {
    // Whoever took over writes the journal now.
    if (error instanceof LeaseLostError) throw error;
    const failure = error instanceof DeployFailed ? error : null;
    const outcome = failure?.outcome ?? (error instanceof UserError ? "takenBack" : "left");
    const reason = failure ? `${failure.message}; ${failure.production}` : (error as Error).message;
    await finish(outcome, reason, failure);
    throw error;
  }

  async function finish(outcome: Outcome, reason: string, failure: DeployFailed | null): Promise<void> {
    await appendEntry(journal, { atMs: clock.now(), kind: "closed", outcome, reason });
    emit({
      type: "deployEnded",
      atMs: clock.now(),
      ok: reason === "",
      totalSeconds: (clock.now() - startedMs) / 1000,
      failedStep: failure?.step ?? null,
      reason,
      outcome,
      active: Object.fromEntries(
        Object.entries(state.outputs.live.services).map(([name, service]) => [name, service.active]),
      ),
    });
  }
}
