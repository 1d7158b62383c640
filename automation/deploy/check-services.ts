import { isDeepStrictEqual } from "node:util";
import { UserError } from "../../components/core/user-error";
import type { StackOutputs } from "../../components/live/outputs";
import { shortCommit } from "../core/short-commit";
import { type DeployStore, isRollbackCommand } from "../ports/store";
import { isUnfinished, lastRun } from "../store/recorded-run";
import type { RunTools } from "./context";
import { runText } from "./unfinished-run";

type Context = Pick<RunTools, "settings"> & { stack: Pick<RunTools["stack"], "name"> };

/**
 * While a run is not finished `pulumi up` is no way on: it would not see what that run has changed. For a rollback production waits, and another checkout is
 * there sooner.
 * @param what the command line
 * @throws UserError unless the stack has exactly the services of the settings
 */
export async function checkServices(
  { context, store, outputs }: { context: Context; store: DeployStore; outputs: Pick<StackOutputs, "services"> },
  what: string,
): Promise<void> {
  const problem = servicesProblem(context.settings, outputs);
  if (!problem) return;
  const last = await lastRun(store).catch(() => null);
  if (last && isUnfinished(last.run)) {
    const { commit, live } = last.run.opened;
    const hadThese = isDeepStrictEqual(namesOf(live), namesOf(outputs));
    const such = commit !== null && hadThese ? `, such as that of commit ${shortCommit(commit)}` : "";
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
