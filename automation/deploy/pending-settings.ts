import { lastPart } from "../../components/core/arn";
import { UserError } from "../../components/core/user-error";
import { changedSince, PROGRAM } from "../../components/database/applied";
import { keptDatabases } from "../../components/live/kept-databases";
import { refusedChanges, settingsAsDeployed } from "../../components/live/refused-changes";
import { StepFailed } from "../core/errors";
import { isRollback, type RunState, type StepContext } from "./context";

/** So many settings are named; the rest is counted. */
const NAMED = 5;
const REMEDY =
  ", which CI's role may not change: go on from a shell, as a person who may, or merge a revert of the change into `main` and start the workflow again";

type Known = Pick<RunState, "outputs" | "command" | "direction">;
type Tools = Pick<StepContext, "observer" | "settings" | "stack">;

/**
 * Refuses a deploy from settings with a change that no `up` makes, in whatever role: its first `up` would be refused, and the one that takes the run back, too.
 * A rollback changes production's rules before its `up`, so it is not kept from that.
 * @throws UserError
 */
export function assertNoRefusedChange({ settings }: Pick<StepContext, "settings">, { outputs }: Known): void {
  const refused = refusedChanges(settingsAsDeployed(settings, outputs), outputs.region, outputs.live, outputs);
  if (refused.length > 0) throw new UserError(refused.join("\n"));
}

/**
 * Refuses a run in CI's role while the settings, or the program, have changes that only `pulumi up` makes: the role may not make them, so the
 * run would fail in its first `up`, and its way back, too. A person who may make them deploys them along.
 * @throws UserError
 */
export async function assertNothingPending(context: Tools, state: Known): Promise<void> {
  const pending = await pendingIn(context, state);
  if (pending === null) return;
  throw new UserError(
    isRollback(state)
      ? `${pending}; CI's role may change releases only: roll back from a shell, as a person who may change them, or merge a revert of the change into \`main\` and start the workflow again`
      : `${pending}; run \`pulumi up --stack ${context.stack.name}\` first, because CI's role may change releases only; if the last one had newer settings, deploy a newer commit instead`,
  );
}

/** Returns what an `up` failed with; with such changes beside the engine's words if there are some and CI's role may not make them. */
export async function withPendingSettings(error: Error, context: Tools, state: Known): Promise<Error> {
  if (!(error instanceof StepFailed)) return error;
  const pending = await pendingIn(context, state).catch(() => null);
  if (pending === null) return error;
  return new StepFailed(`${error.message}; ${pending}${REMEDY}`, error.detail);
}

/**
 * Refuses to go on with an unfinished deploy in CI's role while there are such changes: the role would be denied in the next `up`, which turns the
 * deploy back for good.
 * @throws UserError
 */
export async function assertMayGoOn(context: Tools, state: Known): Promise<void> {
  assertNoRefusedChange(context, state);
  const pending = await pendingIn(context, state);
  if (pending !== null) throw new UserError(`${pending}${REMEDY}`);
}

/** The changes that only `pulumi up` makes, in words; null if there are none, or the caller is in another role than CI's. */
async function pendingIn({ observer, settings }: Tools, { outputs }: Known): Promise<string | null> {
  const { applied } = outputs;
  if (!applied?.deployRole) return null;
  const databases = keptDatabases(settings.databases, outputs.databases);
  const changed = changedSince(applied.infrastructure, { ...settings, databases });
  if (changed.length === 0 || !isInRole(await observer.caller(), applied.deployRole)) return null;
  if (changed.every((path) => path === PROGRAM))
    return "the last `pulumi up` ran the program of another aoshingo than this checkout's (if that is the newer one, merge its upgrade)";
  const more = changed.length > NAMED ? ` and ${changed.length - NAMED} more` : "";
  return `the settings have changed since the last \`pulumi up\`: ${changed.slice(0, NAMED).join(", ")}${more}`;
}

/** @param caller `arn:aws:sts::<account>:assumed-role/<name>/<session>`, where the role's own ARN may have a path before the name */
function isInRole(caller: string, roleArn: string): boolean {
  const [kind, name] = caller.split(":").at(-1)!.split("/");
  return kind === "assumed-role" && name === lastPart(roleArn);
}
