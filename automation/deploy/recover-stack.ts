import type { StackOutputs } from "../../components/live/outputs";
import type { DeployStack, UpOptions } from "../ports/stack";
import type { DeployStore } from "../ports/store";
import { isUnfinished, lastRun } from "../store/recorded-run";
import type { StepContext } from "./context";

/** Title of the recovery before the steps. Events call it the step `recover`. */
const RECOVER_TITLE = "Clear what an earlier update left";

/**
 * Recovers the stack, as a step of its own where there is something to do or to wait for.
 * @returns the stack's outputs after that; null before its first successful `up`
 */
export async function recover(context: StepContext, store: DeployStore): Promise<StackOutputs | null> {
  const { stack, clock, emit, signal } = context;
  let begun = false;
  const begin = () => {
    if (!begun) emit({ type: "stepStarted", atMs: clock.now(), step: "recover", title: RECOVER_TITLE });
    begun = true;
  };
  const end = (ok: boolean, detail: string) => {
    if (begun) emit({ type: "stepEnded", atMs: clock.now(), step: "recover", ok, detail });
  };
  const onProgress = (message: string) => {
    begin();
    emit({ type: "progress", atMs: clock.now(), step: "recover", message });
  };
  try {
    const message = "clear what an earlier update left";
    const { done, outputs } = await stack.recover({ message, signal, onProgress, lostUp: () => lostUpOf(store) });
    if (done.length > 0) begin();
    end(true, done.join("\n") || "nothing left");
    return outputs;
  } catch (error) {
    end(false, (error as Error).message);
    throw error;
  }
}

/** When the newest run began an `up` whose end it did not record, if it is not finished. Its lease has passed to this process. */
async function lostUpOf(store: DeployStore): Promise<number | null> {
  const run = (await lastRun(store))?.run;
  return run?.lastUp && !run.lastUp.hasEnded && isUnfinished(run) ? run.lastUp.sinceMs : null;
}

/** Whether an update goes on that is no run's: where the newest run has ended, its engine has, too. */
export async function isUpdatedByOthers(stack: DeployStack, store: DeployStore): Promise<boolean> {
  if (!(await stack.isBusy())) return false;
  const last = await lastRun(store);
  return last !== null && !isUnfinished(last.run);
}

/**
 * The stack, which waits for the other update and is recovered before its first `up`.
 * @param check refuses a checkout that lacks what the other update has created: each `up` would delete it
 */
export function recoveredLate(stack: DeployStack, check: (outputs: StackOutputs) => Promise<void>): DeployStack {
  let isRecovered = false;
  async function recoverOnce(options: UpOptions): Promise<void> {
    const { done, outputs } = await stack.recover(options);
    for (const line of done) options.onProgress(line);
    if (outputs) await check(outputs);
    isRecovered = true;
  }
  return {
    name: stack.name,
    outputs: () => stack.outputs(),
    isBusy: () => stack.isBusy(),
    recover: (options) => stack.recover(options),
    async up(live, options) {
      if (!isRecovered) await recoverOnce(options);
      return stack.up(live, options);
    },
  };
}
