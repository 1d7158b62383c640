import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { CloudEvent } from "../rehearsal/cloud/kernel/events";
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
      const ruleAtMs = await firstRuleAtMs(join(environment.directory, "cloud", "events.ndjson"), commandAtMs);
      seconds.push((ruleAtMs - commandAtMs) / 1000);
    }
    return [row("s, kept warm: `rollback` to its first rule", seconds, "at most 0.8")];
  });
}

/** @param afterMs Unix milliseconds */
async function firstRuleAtMs(eventsFile: string, afterMs: number): Promise<number> {
  const lines = (await readFile(eventsFile, "utf8")).split("\n").filter(Boolean);
  const events = lines.map((line) => JSON.parse(line) as CloudEvent);
  return events.find(({ kind, atMs }) => kind === "rule" && atMs >= afterMs)?.atMs ?? Number.NaN;
}
