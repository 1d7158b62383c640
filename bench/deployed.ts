import type { DeployEvent } from "../automation/ports/events";
import type { Stage } from "./stage";

export interface Deployed {
  /** Of the whole process. */
  seconds: number;
  /** The deploy's own time without what was waited for. */
  overhead: number;
}

/** @param releases `users=v2`, ... */
export async function deployed(stage: Stage, releases: readonly string[]): Promise<Deployed> {
  const { stdout, seconds } = await stage.command(["deploy", ...releases, "--json"]);
  const events = stdout.split("\n").map((line) => JSON.parse(line) as DeployEvent);
  const waited = events.reduce(
    (sum, event) => sum + (event.type === "up" ? event.waitedSeconds : event.type === "waited" ? event.seconds : 0),
    0,
  );
  const ended = events.at(-1);
  return { seconds, overhead: (ended?.type === "deployEnded" ? ended.totalSeconds : Number.NaN) - waited };
}
