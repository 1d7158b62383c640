import { lastPart } from "../../components/core/arn";
import { UserError } from "../../components/core/user-error";
import { appliedBy } from "../../components/database/applied";
import { changedInfrastructure } from "../../components/live/infrastructure";
import type { RunState, StepContext } from "./context";

/** So many settings are named; the rest is counted. */
const NAMED = 5;

/**
 * Refuses a deploy in CI's role while the settings have changes that only `pulumi up` makes: the role may not make them, so the
 * deploy would fail in its first `up`, and its way back, too. A person who may make them deploys them along.
 * @throws UserError
 */
export async function assertNothingPending(
  { observer, settings, stack }: Pick<StepContext, "observer" | "settings" | "stack">,
  { outputs: { applied } }: Pick<RunState, "outputs">,
): Promise<void> {
  if (!applied?.deployRole) return;
  const changed = changedInfrastructure(applied.infrastructure, appliedBy(settings));
  if (changed.length === 0 || !isInRole(await observer.caller(), applied.deployRole)) return;
  const more = changed.length > NAMED ? ` and ${changed.length - NAMED} more` : "";
  throw new UserError(
    `the settings have changed since the last \`pulumi up\`: ${changed.slice(0, NAMED).join(", ")}${more}; run \`pulumi up --stack ${stack.name}\` first, because CI's role may change releases only`,
  );
}

/** @param caller `arn:aws:sts::<account>:assumed-role/<name>/<session>`, where the role's own ARN may have a path before the name */
function isInRole(caller: string, roleArn: string): boolean {
  const [kind, name] = caller.split(":").at(-1)!.split("/");
  return kind === "assumed-role" && name === lastPart(roleArn);
}
