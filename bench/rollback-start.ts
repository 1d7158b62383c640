import { benchEnvironment, pushSample, SERVICE, timed } from "./bench-environment";
import { deployed } from "./deployed";
import { type Row, row } from "./spread";

const ROUNDS = 10;
/** AWS time; at 100 AWS seconds in a real one longer than a round takes. */
const KEEP_WARM = "12h";

/** Measures from the command `rollback` to the first listener rule that it changes, while the old colour is kept warm. */
export function rollbackStart(signal: AbortSignal): Promise<Row[]> {
  return benchEnvironment("rollback-start", { signal }, async (environment) => {
    await pushSample(environment, "good");
    await deployed(environment, [`${SERVICE}=good`]);
    const seconds: number[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      const bad = `bad-${round}`;
      await pushSample(environment, bad);
      await deployed(environment, [`${SERVICE}=${bad}`, "--keep-warm", KEEP_WARM]);
      const commandAtMs = Date.now();
      await timed(environment.start("rollback", ["--json"]));
      const events = await environment.events();
      const rule = events.find(({ kind, atMs }) => kind === "rule" && atMs >= commandAtMs);
      seconds.push(((rule?.atMs ?? Number.NaN) - commandAtMs) / 1000);
    }
    return [row("s, kept warm: `rollback` to its first rule", seconds, "at most 0.8")];
  });
}
