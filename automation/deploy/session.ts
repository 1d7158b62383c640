import { isDeepStrictEqual } from "node:util";
import { UserError } from "../../components/core/user-error";
import type { StackOutputs } from "../../components/live/outputs";
import { noInfrastructure } from "../core/no-infrastructure";
import { type DeployStore, isRollbackCommand, type Lease } from "../ports/store";
import { isUnfinished, lastRun } from "../store/recorded-run";
import type { RunTools, StepContext } from "./context";
import { listenForRemoteStop } from "./remote-stop";
import { type LeaseOptions, type TakenLease, takeLease } from "./take-lease";
import { runText } from "./unfinished-run";

/** What a command has while it holds the lease. */
export interface Session extends TakenLease {
  context: StepContext;
  store: DeployStore;
  /** The stack's outputs, after recovery from a crash. */
  outputs: StackOutputs;
}

/** Digits of a commit that are enough to check it out. */
const COMMIT_DIGITS = 12;

/** Title of the recovery before the steps. Events call it the step `recover`. */
const RECOVER_TITLE = "Clear what an earlier update left";

/**
 * Takes the lease, recovers the stack from a crash, calls `act`, and releases the lease, whatever happens.
 * @throws UserError for wrong use; LeaseHeldError; LeaseLostError; whatever `act` throws
 */
export async function inSession(
  tools: RunTools,
  store: DeployStore,
  options: LeaseOptions,
  act: (session: Session) => Promise<void>,
): Promise<void> {
  const { clock, stack } = tools;
  const taken = await takeLease(tools, store, options);
  const { lease } = taken;
  const stopListener = listenForRemoteStop(store, lease.fencing);
  try {
    const context: StepContext = {
      ...tools,
      migrations: store,
      decisions: store,
      fencing: lease.fencing,
      assertHeld: () => lease.assertHeld(),
      onReached: () => {},
      signal: AbortSignal.any([tools.signal, lease.lost, stopListener.signal]),
      halt: AbortSignal.any([tools.halt, lease.lost]),
    };
    tools.onLease(lease);
    const outputs = await recover(context);
    if (!outputs) throw noInfrastructure(stack.name);
    await checkServices({ context, store, outputs }, options.what);
    await act({ context, store, outputs, ...taken });
  } finally {
    stopListener.end();
    // The error that ended the run says more than this one.
    await lease.release().catch((error: Error) => {
      tools.emit({
        type: "notice",
        atMs: clock.now(),
        message: `the lease could not be given back, and expires by itself in a minute: ${error.message}`,
      });
    });
  }
}

/** Id of a run, such as `20261125T093000Z-7`. Ids sort by time; the lease's fencing number makes them unique. */
export function deployId(nowMs: number, { fencing }: Lease): string {
  return `${new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, "")}-${fencing}`;
}

/** @returns the stack's outputs after that; null before its first successful `up` */
async function recover(context: StepContext): Promise<StackOutputs | null> {
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
    const { done, outputs } = await stack.recover({ message: "clear what an earlier update left", signal, onProgress });
    if (done.length > 0) begin();
    end(true, done.join("\n") || "nothing left");
    return outputs;
  } catch (error) {
    end(false, (error as Error).message);
    throw error;
  }
}

/**
 * While a run is not finished `pulumi up` is no way on: it would not see what that run has changed. For a rollback production waits, and another checkout is
 * there sooner.
 * @param what the command line
 * @throws UserError unless the stack has exactly the services of the settings
 */
export async function checkServices(
  { context, store, outputs }: Pick<Session, "context" | "store" | "outputs">,
  what: string,
): Promise<void> {
  const problem = servicesProblem(context.settings, outputs);
  if (!problem) return;
  const last = await lastRun(store).catch(() => null);
  if (last && isUnfinished(last.run)) {
    const { commit, live } = last.run.opened;
    const hadThese = isDeepStrictEqual(namesOf(live), namesOf(outputs));
    const such = commit !== null && hadThese ? `, such as that of commit ${commit.slice(0, COMMIT_DIGITS)}` : "";
    throw new UserError(
      `${problem.text}; ${runText(last)} is not finished: go on with it from a checkout that has the stack's services${such}, and run \`pulumi up\` after that`,
    );
  }
  const { name } = context.stack;
  if (isRollbackCommand(what))
    throw new UserError(
      `${problem.text}: roll back from a checkout that has the stack's services, or run \`pulumi up --stack ${name}\` first`,
    );
  if (problem.isMissing) throw new UserError(`${problem.text}: run \`pulumi up --stack ${name}\` first`);
  throw new UserError(
    `${problem.text}: run \`pulumi up --stack ${name}\` first, so that a deploy changes nothing else`,
  );
}

/** How the services of the settings differ from those of the stack, and whether that has too few of them; null if they are the same. */
function servicesProblem(
  settings: Pick<RunTools["settings"], "services">,
  outputs: Pick<StackOutputs, "services">,
): { text: string; isMissing: boolean } | null {
  const [known, there] = [namesOf(settings), namesOf(outputs)];
  const missing = known.filter((name) => !there.includes(name));
  if (missing.length > 0) {
    const text = `${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} in the settings but not in the stack yet`;
    return { text, isMissing: true };
  }
  if (isDeepStrictEqual(known, there)) return null;
  return { text: `the settings have ${known.join(", ")}, the stack has ${there.join(", ")}`, isMissing: false };
}

function namesOf({ services }: { services: Readonly<Record<string, unknown>> }): string[] {
  return Object.keys(services).sort();
}
