import { approveCommand } from "../../core/approve-command";
import { minutesText } from "../../core/duration";
import { StepFailed } from "../../core/errors";
import { whoAmI } from "../../core/process/who-am-i";
import { untilAnswered } from "../../observe/until-answered";
import { type Decision, StoreUnreachable } from "../../ports/store";
import { progressReporter, type RunState, type StepContext, withoutDone } from "../context";
import { frozenBy } from "../freeze";
import type { Step } from "../step";

/** Short enough for a person who has just approved, and long enough for a store that charges for each request. */
const POLL_MS = 2_000;

/**
 * Waits until somebody approves the cutover: by the command `approve` from anywhere, or at this command's own terminal. A refusal rolls the run back; so
 * does the end of the time limit.
 */
export const approve: Step = {
  name: "approve",
  title: "Wait for the approval of the cutover",
  // A ramp gives the new release requests of production, so the approval comes before it.
  plan: ({ isRollback, awaitsApproval, ahead }) => ({ services: isRollback || !awaitsApproval ? [] : ahead }),
  // Nobody knows how long people take.
  floorSeconds: () => 0,

  async perform(context, state, { services }) {
    const { clock } = context;
    const startedMs = clock.now();
    const deadlineMs = startedMs + state.approval!.withinMs;
    const done = new AbortController();
    const signal = AbortSignal.any([context.signal, done.signal]);
    try {
      const { says, who, atMs, reason } = await decided(context, state, deadlineMs, askedHere(context, state, signal));
      const why = reason === "" ? "" : `: ${reason}`;
      if (says === "refused") throw new StepFailed(`the cutover was refused by ${who}${why}`);
      await untilNotFrozen(context, deadlineMs, who);
      const approval = { ...state.approval!, given: { who, atMs } };
      // The release may have failed while people took their time, so the plan has `verify` again.
      return { state: { ...withoutDone(state, "verify", services), approval }, detail: `approved by ${who}${why}` };
    } finally {
      done.abort();
      context.emit({ type: "waited", atMs: clock.now(), step: "approve", seconds: (clock.now() - startedMs) / 1000 });
    }
  },
};

/** The question at the terminal. */
interface AskedHere {
  /** True while the prompt waits for an answer: progress lines would overwrite it. */
  isAsking: boolean;
  /** The decision that counts, while the answer is being recorded and after that; null without an answer. It counts even if the time limit passes meanwhile. */
  recording: Promise<Decision | null>;
}

async function decided(
  context: StepContext,
  { deploy, approval }: RunState,
  deadlineMs: number,
  here: AskedHere,
): Promise<Decision> {
  const { clock, signal, stack, decisions, fencing } = context;
  const report = progressReporter(context, "approve");
  for (;;) {
    signal.throwIfAborted();
    const given = await here.recording;
    if (given) return given;
    const decision = await decisions.decision(deploy, fencing).catch(nothingYet);
    if (decision) return decision;
    const leftMs = deadlineMs - clock.now();
    if (leftMs <= 0) throw new StepFailed(`nobody approved the cutover within ${minutesText(approval!.withinMs)}`);
    const command = approveCommand(stack.name, deploy);
    if (!here.isAsking) report(`\`${command}\` lets it go on; ${minutesText(leftMs)} until it goes back`);
    await clock.sleep(Math.min(POLL_MS, leftMs), signal);
  }
}

/** A freeze may have come since the run began, and a yes does not end it: what was approved waits for its end, no longer than for the answer. */
async function untilNotFrozen(context: StepContext, deadlineMs: number, who: string): Promise<void> {
  const { clock, signal, freezes } = context;
  for (;;) {
    const frozen = await frozenBy(context, freezes).catch(
      (error) => nothingYet(error) ?? "nobody can say whether deploys are frozen",
    );
    if (frozen === null) return;
    const leftMs = deadlineMs - clock.now();
    if (leftMs <= 0) throw new StepFailed(`${who} approved the cutover, but ${frozen}`);
    progressReporter(
      context,
      "approve",
    )(`approved by ${who}, but ${frozen}; ${minutesText(leftMs)} until it goes back`);
    await clock.sleep(Math.min(POLL_MS, leftMs), signal);
  }
}

/** If the store stays unreachable, the lease ends the run. */
function nothingYet(error: unknown): null {
  if (error instanceof StoreUnreachable) return null;
  throw error;
}

function askedHere(context: StepContext, { deploy, desired }: RunState, signal: AbortSignal): AskedHere {
  const { ask, clock, decisions, fencing } = context;
  const here: AskedHere = { isAsking: ask !== undefined, recording: Promise.resolve(null) };
  if (!ask) return here;
  const releases = Object.entries(desired).map(([service, release]) => `${service} ${release?.name}`);
  const record = async (yes: boolean | null) => {
    here.isAsking = false;
    if (yes === null) return null;
    const decision: Decision = {
      ...{ fencing, who: whoAmI(), atMs: clock.now(), reason: "" },
      says: yes ? "approved" : "refused",
    };
    const write = () => decisions.recordDecision(deploy, decision);
    return untilAnswered(
      "the answer is not recorded",
      write,
      { ...context, signal },
      progressReporter(context, "approve"),
    );
  };
  ask(`Cut production over to ${releases.join(", ")}?`, signal)
    .then(
      (yes) => {
        here.recording = record(yes);
      },
      (error: Error) => {
        if (!signal.aborted) here.recording = Promise.reject(error);
      },
    )
    .finally(() => here.recording.catch(() => {})); // Awaited above, unless the run is stopped first.
  return here;
}
