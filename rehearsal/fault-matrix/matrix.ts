import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { baselineWindow } from "../../automation/observe/analysis/periods";
import type { DeployEvent } from "../../automation/ports/events";
import { countOf } from "../../components/core/count-of";
import { BAKE_SECONDS, DRAIN_SECONDS, METRIC_PERIOD_SECONDS } from "../../components/settings/schema/deploy";
import type { CloudEvent } from "../cloud/kernel/events";
import { putCoreUnderTraffic } from "../environment/core-under-traffic";
import { RehearsalEnvironment } from "../environment/environment";
import { type SettingsChanges, scaled, writeSettings } from "../environment/rehearsal-stack";
import { machineOf } from "../report/causes";
import { dataTotals, isIntact } from "../report/data-totals";
import { readSamples, type TrafficSamples } from "../report/samples";
import type { DataTotals } from "../report/types";
import { seededRandom } from "../seeded-random";
import { CORE } from "../traffic/streams";
import type { Traffic } from "../traffic/traffic";
import type { TrafficOptions } from "../traffic-options";
import { type CaseResult, type InjectedRun, impactBySpan, resultOf } from "./case-result";
import { type ChosenCases, casesOf, type FaultCase } from "./cases";
import { inject } from "./inject";
import { markdownTable } from "./table";

/** Percent of production's requests in a case of the step ramp. */
const RAMP = [50];

export interface MatrixOptions extends TrafficOptions, ChosenCases {}

/** faults.json. Version 1 had other names: `pairs` for `cases`, `strikes`, `harms` and `faults` in each. */
export interface MatrixResult {
  version: 2;
  seed: number;
  speed: number;
  ratePerSecond: number;
  cases: CaseResult[];
  /** What clients stored in databases, compared row by row at the end. No fault may cost a row that was answered for. */
  data: DataTotals;
  ok: boolean;
}

interface CaseRun {
  faultCase: FaultCase;
  run: InjectedRun;
  /** The events of the deploy that the fault was injected into. */
  events: DeployEvent[];
  startMs: number;
}

/**
 * Deploys under traffic once for each fault at each step at which it makes sense; all in one cloud, one after the
 * other. Writes faults.json and faults.md.
 * @param say gets a line for each case
 * @throws UserError before anything starts if no case is asked for
 * @public loaded by require, which the search for unused exports does not see
 */
export async function matrix(
  options: MatrixOptions,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<MatrixResult> {
  const { directory, seed, speed, rate: ratePerSecond } = options;
  const random = seededRandom(seed);
  const chosen = casesOf(options, random);
  const settings = settingsOf(speed, { bake: false });
  const starting = RehearsalEnvironment.start({ directory, cloud: options, settings, signal });
  return RehearsalEnvironment.use(starting, async (environment) => {
    const { traffic, streams, tables } = await putCoreUnderTraffic(environment, ratePerSecond);
    const runs = await runCases({ cases: chosen, random, speed, signal }, environment, traffic, say);
    await traffic.stop();
    const stored = await tables();
    await environment.close();
    const deploys = runs.map(({ events }) => events);
    const machine = machineOf(traffic, deploys, ratePerSecond);
    if (machine) say(`${machine}, which may be the cause of what is wrong: try a lower RATE`);
    const samples = await readSamples(environment.trafficFile);
    const cases = await resultsOf(runs, environment, samples);
    const data = dataTotals(stored, streams, samples.requests);
    const ok = cases.every(({ wrong }) => wrong.length === 0) && isIntact(data);
    const result: MatrixResult = { version: 2, seed, speed, ratePerSecond, cases, data, ok };
    await writeFile(join(environment.directory, "faults.json"), `${JSON.stringify(result, null, 2)}\n`);
    await writeFile(join(environment.directory, "faults.md"), `${markdownTable(cases)}\n`);
    return result;
  });
}

async function runCases(
  {
    cases,
    random,
    speed,
    signal,
  }: { cases: readonly FaultCase[]; random: () => number; speed: number; signal: AbortSignal },
  environment: RehearsalEnvironment,
  traffic: Traffic,
  say: (line: string) => void,
): Promise<CaseRun[]> {
  const fileOf = await settingsFiles(environment.directory, speed);
  const runs: CaseRun[] = [];
  const usual = baselineWindow(0, METRIC_PERIOD_SECONDS / speed);
  let failedUntilMs = 0;
  for (const [index, faultCase] of cases.entries()) {
    // What failed in the case before would be usual for the analysis, and excuse the next release.
    const cleanMs = failedUntilMs + usual.toMs - usual.fromMs;
    if (analyses(faultCase)) await delay(Math.max(0, cleanMs - Date.now()), undefined, { signal });
    const startMs = Date.now();
    const failedBefore = traffic.progress.failed;
    const next = random() < 0.5 ? "resume" : "abort";
    const { run, events } = await inject(environment, faultCase, { next, settingsFile: fileOf(faultCase) });
    runs.push({ faultCase, run, events, startMs });
    say(progressLine(`${index + 1}/${cases.length}`, faultCase, run, traffic.progress.failed - failedBefore));
    if (traffic.progress.failed > failedBefore) failedUntilMs = Date.now();
    if (breaksClients(faultCase)) await traffic.replaceClients();
  }
  return runs;
}

/** Clients that never ask DNS again would go on failing in every case after this one. */
function breaksClients({ kind, and }: FaultCase): boolean {
  return kind === "nodesChange" || (and !== undefined && breaksClients(and));
}

async function resultsOf(
  runs: readonly CaseRun[],
  environment: RehearsalEnvironment,
  samples: TrafficSamples,
): Promise<CaseResult[]> {
  const startsMs = runs.map(({ startMs }) => startMs);
  const impacts = impactBySpan(samples, await environment.logs(), startsMs);
  const injections = injectionsById(await environment.events());
  const injected = (id: string | null = null) => injections.get(id ?? "") ?? 0;
  return runs.map(({ faultCase, run }, index) =>
    resultOf(faultCase, run, impacts[index]!, injected(run.faultId) + injected(run.secondId)),
  );
}

/**
 * Writes the settings of each kind of case: analysis costs time, so a deploy has it only where it is to notice the
 * fault.
 */
async function settingsFiles(directory: string, speed: number): Promise<(faultCase: FaultCase) => string> {
  const write = async (name: string, parts: { bake: boolean; ramp?: number[] }) =>
    (await writeSettings(join(directory, name), scaled(settingsOf(speed, parts), speed))).file;
  const [plain, baking, ramping, all] = await Promise.all([
    write("plain", { bake: false }),
    write("baking", { bake: true }),
    write("ramping", { bake: false, ramp: RAMP }),
    write("all", { bake: true, ramp: RAMP }),
  ]);
  return (faultCase) => {
    if (!analyses(faultCase)) return plain;
    if (faultCase.and) return all;
    return faultCase.step === "ramp" ? ramping : baking;
  };
}

/** Whether the deploy of a case analyses its release. */
function analyses({ step, and }: FaultCase): boolean {
  return and !== undefined || ["ramp", "cutover", "confirm", "bake"].includes(step);
}

function settingsOf(speed: number, { bake, ramp = [] }: { bake: boolean; ramp?: number[] }): SettingsChanges {
  return {
    cutover: "routed",
    services: [CORE],
    drainSeconds: DRAIN_SECONDS / speed,
    deploy: {
      bakeSeconds: bake ? BAKE_SECONDS / speed : 0,
      ramp,
      rampPauseSeconds: BAKE_SECONDS / speed,
    },
  };
}

function injectionsById(events: readonly CloudEvent[]): Map<string, number> {
  const injections = new Map<string, number>();
  for (const event of events) {
    if (event.kind === "fault" && event.state === "injected")
      injections.set(event.id, (injections.get(event.id) ?? 0) + 1);
  }
  return injections;
}

function progressLine(number: string, faultCase: FaultCase, run: InjectedRun, failed: number): string {
  const { kind, variant, step, ends, failsRequests } = faultCase;
  const { end, next, problems, seconds } = run;
  const isExpected = end !== null && ends.includes(end);
  const wrong = [...(isExpected ? [] : [`expected ${ends.join(" or ")}`]), ...problems];
  const said = [
    `${[kind, variant].filter(Boolean).join(", ")} at ${step}: ${end ?? "broken off"}`,
    ...(next === "" ? [] : [`then ${next}`]),
    ...(failed > 0 ? [`${countOf(failed, "request")} failed${failsRequests ? " by the fault itself" : ""}`] : []),
    `${seconds.toFixed(0)} s`,
  ].join(", ");
  return `${number.padStart(5)} ${said}${wrong.length > 0 ? `; WRONG: ${wrong.join("; ")}` : ""}`;
}
