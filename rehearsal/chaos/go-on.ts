import type { RehearsalEnvironment } from "../environment/environment";

/** A run counts as stuck after so many commands. */
const TRIES = 3;
/** Rollbacks are killed, too, and `abort` takes them back only if it is told to. */
const DESPITE = ["--despite-rollback", "chaos"];

/**
 * Runs the chosen command, and `resume` after it while it fails: what a person would do who follows its messages.
 * @returns what the commands reported, and a problem if they did not bring the run to an end
 */
export async function goOn(
  environment: RehearsalEnvironment,
  command: "resume" | "abort" | "rollback",
): Promise<{ said: string; problems: string[] }> {
  const said: string[] = [];
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const name = attempt === 0 ? command : "resume";
    const { exitCode, events, errors } = await environment.run(name, name === "abort" ? DESPITE : []);
    const ended = events.findLast((event) => event.type === "deployEnded");
    said.push(`${name} ${ended ? ended.outcome : lastLine(errors)}`);
    // "nothing to ...": the run had ended by itself, done or taken back.
    if (exitCode === 0 || /^nothing to /.test(lastLine(errors))) return { said: said.join(", then "), problems: [] };
  }
  return { said: said.join(", then "), problems: [`${TRIES} commands did not bring it to an end`] };
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
