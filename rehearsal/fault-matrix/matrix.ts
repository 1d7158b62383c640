import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CloudEvent } from "../cloud/kernel/events";
import type { FaultKind } from "../cloud/kernel/fault-kinds";
import { RehearsalEnvironment } from "../environment/environment";
import { METRIC_PERIOD_SECONDS, writeSettings } from "../environment/rehearsal-stack";
import type { RehearseOptions } from "../options";
import { readSamples } from "../report/samples";
import { seededRandom } from "../seeded-random";
import { CORE } from "../traffic/streams";
import { PAIRS, type Pair, type RunEnd, type StruckStep } from "./cases";
import { type Harm, harmBySpan } from "./harm";
import { type Struck, strike } from "./inject";
import { markdownTable } from "./table";

/** AWS seconds, as the settings' own defaults. */
const DRAIN_SECONDS = 80;
const BAKE_SECONDS = 180;
/** Percent of production's requests, where a ramp is struck. */
const RAMP = [50];

export interface MatrixOptions extends RehearseOptions {
  /** Undefined for all. */
  only?: readonly FaultKind[];
  /** Undefined for all. */
  step?: readonly StruckStep[];
}

export interface StruckPair extends Struck, Harm, Pick<Pair, "kind" | "variant" | "step" | "harms"> {
  expected: readonly RunEnd[];
  /** How often the fault struck. */
  strikes: number;
  /** What speaks against the deploy script or the rehearsal, a line each; empty when all is as expected. */
  wrong: string[];
}

export interface MatrixResult {
  seed: number;
  speed: number;
  ratePerSecond: number;
  pairs: StruckPair[];
  ok: boolean;
}

/**
 * Each fault at each step that it can strike in: a deploy under traffic for each, all in one cloud, one after the other. Writes faults.json and faults.md.
 * @public loaded by require, which the search for unused exports does not see
 */
export async function matrix(options: MatrixOptions, say: (line: string) => void): Promise<MatrixResult> {
  const { only, step, seed, speed } = options;
  const pairs = PAIRS.filter((pair) => (only?.includes(pair.kind) ?? true) && (step?.includes(pair.step) ?? true));
  const random = seededRandom(seed);
  const seen: { pair: Pair; struck: Struck; startMs: number }[] = [];
  const stage = await RehearsalEnvironment.open(options, settings(speed, { bake: false }));
  try {
    const files = await settingsFiles(stage, speed);
    for (const [index, pair] of pairs.entries()) {
      const startMs = Date.now();
      const { failed } = stage.totals;
      const next = random() < 0.5 ? "resume" : "abort";
      const struck = await strike(stage, pair, { next, settingsFile: files(pair.step) });
      seen.push({ pair, struck, startMs });
      say(progressLine(`${index + 1}/${pairs.length}`, pair, struck, stage.totals.failed - failed));
    }
    await stage.stopTraffic();
  } finally {
    await stage.close();
  }
  const harms = harmBySpan(
    await readSamples(stage.trafficFile),
    await stage.logs(),
    seen.map(({ startMs }) => startMs),
  );
  const strikes = await strikesById(join(stage.directory, "cloud", "events.ndjson"));
  const struckPairs = seen.map(({ pair, struck }, index) =>
    judged(pair, struck, harms[index]!, strikes.get(struck.faultId ?? "") ?? 0),
  );
  const result: MatrixResult = {
    seed,
    speed,
    ratePerSecond: options.rate,
    pairs: struckPairs,
    ok: struckPairs.every(({ wrong }) => wrong.length === 0),
  };
  await writeFile(join(stage.directory, "faults.json"), `${JSON.stringify(result, null, 2)}\n`);
  await writeFile(join(stage.directory, "faults.md"), `${markdownTable(struckPairs)}\n`);
  return result;
}

/** What is watched costs time: only where the strike shall be seen by it. */
async function settingsFiles(
  { directory }: RehearsalEnvironment,
  speed: number,
): Promise<(step: StruckStep) => string> {
  const write = (name: string, parts: { bake: boolean; ramp?: number[] }) =>
    writeSettings(join(directory, name), { ...settings(speed, parts), cutover: "routed", services: [CORE] });
  const [plain, baking, ramping] = await Promise.all([
    write("plain", { bake: false }),
    write("baking", { bake: true }),
    write("ramping", { bake: false, ramp: RAMP }),
  ]);
  return (step) => {
    if (step === "ramp") return ramping;
    return step === "cutover" || step === "confirm" || step === "bake" ? baking : plain;
  };
}

function settings(speed: number, { bake, ramp = [] }: { bake: boolean; ramp?: number[] }) {
  return {
    drainSeconds: DRAIN_SECONDS / speed,
    deploy: {
      bakeSeconds: bake ? BAKE_SECONDS / speed : 0,
      ramp,
      rampPauseSeconds: BAKE_SECONDS / speed,
      metricPeriodSeconds: METRIC_PERIOD_SECONDS / speed,
    },
  };
}

/** Everything that is not as expected. Pure. */
export function judged(pair: Pair, struck: Struck, harm: Harm, strikes: number): StruckPair {
  const { kind, variant, step, ends, harms } = pair;
  const { failed, lost, doubled } = harm;
  const wrong = [
    ...(struck.faultId === null ? [`${step} did not begin`] : []),
    ...(struck.faultId !== null && strikes === 0 ? ["it struck nothing"] : []),
    ...(struck.end !== null && ends.includes(struck.end)
      ? []
      : [`ended as ${struck.end ?? "broken off"}, expected ${ends.join(" or ")}`]),
    ...struck.faults,
    ...(!harms && failed + lost + doubled > 0
      ? [`of production's requests ${failed} failed, ${lost} were lost, ${doubled} were doubled`]
      : []),
  ];
  return { kind, variant, step, harms, expected: ends, strikes, ...struck, ...harm, wrong };
}

async function strikesById(eventFile: string): Promise<Map<string, number>> {
  const strikes = new Map<string, number>();
  for (const line of (await readFile(eventFile, "utf8")).split("\n").filter(Boolean)) {
    const event = JSON.parse(line) as CloudEvent;
    if (event.kind === "fault" && event.state === "struck") strikes.set(event.id, (strikes.get(event.id) ?? 0) + 1);
  }
  return strikes;
}

function progressLine(number: string, { kind, variant, step, ends, harms }: Pair, struck: Struck, failed: number) {
  const { end, next, faults, seconds } = struck;
  const isExpected = end !== null && ends.includes(end);
  const wrong = [...(isExpected ? [] : [`expected ${ends.join(" or ")}`]), ...faults];
  const said = [
    `${[kind, variant].filter(Boolean).join(", ")} at ${step}: ${end ?? "broken off"}`,
    ...(next === "" ? [] : [`then ${next}`]),
    ...(failed > 0 ? [`${failed} requests failed${harms ? " by the fault itself" : ""}`] : []),
    `${seconds.toFixed(0)} s`,
  ].join(", ");
  return `${number.padStart(5)} ${said}${wrong.length > 0 ? `; WRONG: ${wrong.join("; ")}` : ""}`;
}
