import { benchEnvironment, timed } from "./bench-environment";
import { type Row, row } from "./spread";

const ROUNDS = 10;

/** Measures the `status` command as a whole process. */
export function status(signal: AbortSignal): Promise<Row[]> {
  return benchEnvironment("status", { signal }, async (environment) => {
    const seconds: number[] = [];
    for (let round = 0; round < ROUNDS; round++) seconds.push((await timed(environment.start("status"))).seconds);
    return [row("s, status command, whole process", seconds, "at most 0.35")];
  });
}
