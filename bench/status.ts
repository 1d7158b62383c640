import { benchEnvironment, pushSample, SERVICE, timed } from "./bench-environment";
import { deployed } from "./deployed";
import { type Row, row } from "./spread";

const ROUNDS = 10;

/** Measures the `status` command as a whole process, of a stack with a release in production. */
export function status(signal: AbortSignal): Promise<Row[]> {
  return benchEnvironment("status", { signal }, async (environment) => {
    await pushSample(environment, "v1");
    await deployed(environment, [`${SERVICE}=v1`]);
    const seconds: number[] = [];
    for (let round = 0; round < ROUNDS; round++) seconds.push((await timed(environment.start("status"))).seconds);
    return [row("s, status command, whole process", seconds, "at most 0.35")];
  });
}
