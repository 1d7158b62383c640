import { isDeepStrictEqual } from "node:util";
import { UserError } from "../../components/core/user-error";
import { lackingSettings } from "../../components/live/lacking-settings";
import type { StackOutputs } from "../../components/live/outputs";
import { shortCommit } from "../core/short-commit";
import { type DeployStore, isRollbackCommand } from "../ports/store";
import { isUnfinished, lastRun } from "../store/recorded-run";
import type { RunTools } from "./context";
import { runText } from "./unfinished-run";

type Settings = Parameters<typeof lackingSettings>[0];
type Outputs = Pick<StackOutputs, "services" | "databases" | "applied">;
type Context = Pick<RunTools, "settings"> & { stack: Pick<RunTools["stack"], "name"> };

/**
 * Refuses a checkout that has other services than the stack, or lacks hosts, names, queues, databases or settings that it has, such as one from before the
 * last `pulumi up`: each `up` of the run would delete them, or lead a host back to the service that had it. Of a database that is protected, or in use, it
 * would be refused, and the run would stay unfinished.
 *
 * While a run is not finished `pulumi up` is no way on: it would not see what that run has changed. For a rollback production waits, and another checkout is
 * there sooner.
 * @param what the command line
 * @throws UserError
 */
export async function checkServices(
  { context, store, outputs }: { context: Context; store: DeployStore; outputs: Outputs },
  what: string,
): Promise<void> {
  const problem = servicesProblem(context.settings, outputs);
  if (!problem) return;
  const last = await lastRun(store).catch(() => null);
  if (last && isUnfinished(last.run)) {
    const { commit, live } = last.run.opened;
    const hadThese = problem.differs !== "lacking" && isDeepStrictEqual(namesOf(live), namesOf(outputs));
    const such = commit !== null && hadThese ? `, such as that of commit ${shortCommit(commit)}` : "";
    throw new UserError(
      `${problem.text}; ${runText(last)} is not finished: go on with it from a shell, in a checkout that has the stack's services${such}, or merge a revert into \`main\` and start the workflow again; run \`pulumi up\` after that`,
    );
  }
  const { name } = context.stack;
  if (isRollbackCommand(what))
    throw new UserError(
      `${problem.text}: roll back from a checkout that has the stack's services, or run \`pulumi up --stack ${name}\` first`,
    );
  if (problem.differs === "newServices")
    throw new UserError(`${problem.text}: run \`pulumi up --stack ${name}\` first`);
  throw new UserError(
    `${problem.text}: deploy from a checkout that has the stack's services; if the stack is to lose what this one lacks, run \`pulumi up --stack ${name}\` first`,
  );
}

interface Problem {
  text: string;
  /** `newServices`: the stack has too few, so that no other checkout helps. `lacking`: the services are the same. */
  differs: "services" | "newServices" | "lacking";
}

/** How the settings differ from the stack in what an `up` adds or deletes for good; null if they do not. */
function servicesProblem(settings: Settings, outputs: Outputs): Problem | null {
  const [known, there] = [namesOf(settings), namesOf(outputs)];
  const missing = known.filter((name) => !there.includes(name));
  if (missing.length > 0) {
    const text = `${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} in the settings but not in the stack yet`;
    return { text, differs: "newServices" };
  }
  if (!isDeepStrictEqual(known, there))
    return { text: `the settings have ${known.join(", ")}, the stack has ${there.join(", ")}`, differs: "services" };
  const lacking = lackingSettings(settings, outputs);
  if (lacking.length === 0) return null;
  return { text: `the stack has ${lacking.join(", ")}, which the settings lack`, differs: "lacking" };
}

function namesOf({ services }: { services: Readonly<Record<string, unknown>> }): string[] {
  return Object.keys(services).sort();
}
