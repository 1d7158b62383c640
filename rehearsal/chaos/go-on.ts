import type { RehearsalEnvironment } from "../environment/environment";

/** How often a run is taken up again before it counts as stuck. */
const TRIES = 3;

/** The chosen command; if it fails, `resume` after it: what a person would do who reads what it says. */
export async function goOn(
  stage: RehearsalEnvironment,
  command: "resume" | "abort" | "rollback",
): Promise<{ said: string; faults: string[] }> {
  const said: string[] = [];
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const name = attempt === 0 ? command : "resume";
    const { exitCode, events, errors } = await stage.run(name);
    const ended = events.findLast((event) => event.type === "deployEnded");
    said.push(`${name} ${ended ? ended.outcome : lastLine(errors)}`);
    // Nothing to go on with: the run had ended by itself, well or taken back.
    if (exitCode === 0 || /^nothing to /.test(lastLine(errors))) return { said: said.join(", then "), faults: [] };
  }
  return { said: said.join(", then "), faults: [`${TRIES} commands did not bring it to an end`] };
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
