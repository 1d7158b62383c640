import type { DeployEvent } from "../../automation/ports/events";
import type { Outcome } from "../../automation/ports/journal";
import { endOfDeploy } from "../deploy-end";
import type { RehearsalEnvironment } from "../environment/environment";
import type { CommandEnd } from "../environment/killable-command";
import type { NextRelease } from "../environment/releases";

/** A run counts as stuck after so many commands. */
const TRIES = 3;
/** Rollbacks are killed, too, and `abort` takes them back only if it is told to. */
const DESPITE = ["--despite-rollback", "chaos"];

export interface WentOn {
  /** What the commands reported. */
  said: string;
  /** How the last of them ended the run; null if there was nothing to go on with. */
  outcome: Outcome | null;
  /** A problem if they did not bring the run to an end. */
  problems: string[];
}

/**
 * Runs the chosen command, and `resume` after it while it fails: what a person would do who follows its messages.
 */
export async function goOn(
  environment: Pick<RehearsalEnvironment, "run">,
  command: "resume" | "abort" | "rollback",
): Promise<WentOn> {
  const said: string[] = [];
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const name = attempt === 0 ? command : "resume";
    const { exitCode, events, errors } = await environment.run(name, name === "abort" ? DESPITE : []);
    const ended = endOfDeploy(events);
    said.push(`${name} ${ended ? ended.outcome : lastLine(errors)}`);
    // "nothing to ...": the run had ended by itself, done or taken back.
    if (exitCode === 0 || /^nothing to /.test(lastLine(errors)))
      return { said: said.join(", then "), outcome: ended?.outcome ?? null, problems: [] };
  }
  const problems = [`${TRIES} commands did not bring it to an end`];
  return { said: said.join(", then "), outcome: null, problems };
}

/** Returns a problem if a command that was not killed failed: then it did so by itself. */
export function ownFailure(command: string, { killed, exitCode, events, errors }: CommandEnd): string[] {
  if (killed || exitCode === 0) return [];
  const reason = endOfDeploy(events)?.reason ?? lastLine(errors);
  return [`${command} failed before it was killed (exit code ${exitCode}): ${reason}`];
}

/**
 * Returns the name of the release that production has to run after a deploy of a service; undefined where its end does not
 * tell.
 * @param wentOn how the commands after it ended the run; null if they did not: a run whose engine was killed ends by itself
 * @param events of the deploy, from its beginning
 * @param deployed the release that it was of
 */
export function releaseAfter(
  wentOn: Outcome | null,
  events: readonly DeployEvent[],
  { service, name }: Pick<NextRelease, "service" | "name">,
): string | undefined {
  const outcome = wentOn ?? endOfDeploy(events)?.outcome;
  if (outcome === "done") return name;
  const before = events.find((event) => event.type === "live")?.live.services[service];
  return outcome === "takenBack" && before ? before.colours[before.active].release?.name : undefined;
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
