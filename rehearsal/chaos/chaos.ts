import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DRAIN_SECONDS } from "../../components/settings/schema/deploy";
import { nextOfCore, putCoreUnderTraffic } from "../environment/core-under-traffic";
import { RehearsalEnvironment } from "../environment/environment";
import type { KillTarget } from "../environment/killable-command";
import { addOtherServices } from "../environment/other-services";
import type { RehearsalReport } from "../report/types";
import { writeReport } from "../report/write-report";
import { seededRandom } from "../seeded-random";
import { CORE } from "../traffic/streams";
import type { Traffic } from "../traffic/traffic";
import type { StoredTable, TrafficStream } from "../traffic/types";
import type { TrafficOptions } from "../traffic-options";
import { endStateProblems, readEnd } from "./end-state";
import { goOn, ownFailure, releaseAfter } from "./go-on";

/** AWS seconds, shorter than in production: two whole minutes of metrics would take most of the time. */
const BAKE_SECONDS = 80;
/** Share of the runs in which a deploy is killed; in the others it is a rollback. */
const DEPLOY_SHARE = 0.75;

export interface ChaosOptions extends TrafficOptions {
  runs: number;
  /** Number of services beside the core one, which no run may change. */
  others: number;
}

interface ChaosRun {
  run: number;
  /** The command that was killed. */
  command: "deploy" | "rollback";
  target: KillTarget;
  afterMs: number;
  /** False if the command ended before it could be killed: such a run does not count. */
  killed: boolean;
  next: "resume" | "abort" | "rollback";
  /** What the next command reported. */
  end: string;
  seconds: number;
  /** What differs from the end of an undisturbed run, one line each; empty when nothing does. */
  problems: string[];
}

/** chaos.json. Version 1 said `faults` for the problems of a run. */
interface ChaosResult {
  version: 2;
  seed: number;
  runs: ChaosRun[];
  traffic: RehearsalReport["traffic"];
  /** Null without databases. */
  data: RehearsalReport["data"];
  ok: boolean;
}

/**
 * Runs commands of one service under traffic, with others beside it, each with a SIGKILL at a random instant and a command that goes on from
 * there. All run in one cloud, one after the other. Writes the report and chaos.json.
 * @param say gets a line for each run
 * @public loaded by require, which the search for unused exports does not see
 */
export async function chaos(
  options: ChaosOptions,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<ChaosResult> {
  const { directory, speed } = options;
  const settings = {
    ...{ cutover: "routed", services: [CORE], drainSeconds: DRAIN_SECONDS / speed },
    deploy: { bakeSeconds: BAKE_SECONDS / speed },
  };
  const starting = RehearsalEnvironment.start({ directory, cloud: options, settings, signal });
  return RehearsalEnvironment.use(starting, async (environment) => {
    const others = await addOtherServices(environment, options.others);
    const { traffic, streams, tables, usualSeconds } = await putCoreUnderTraffic(environment, options.rate, others);
    const runs = await runsOf(options, environment, { usualSeconds, others }, say);
    await traffic.stop();
    const stored = await tables();
    await environment.close();
    const report = await reportOf(options, environment, { streams, tables: stored, runs }, traffic);
    const { ok, data } = report;
    const result: ChaosResult = { version: 2, seed: options.seed, runs, traffic: report.traffic, data, ok };
    await writeFile(join(environment.directory, "chaos.json"), `${JSON.stringify(result, null, 2)}\n`);
    return result;
  });
}

async function runsOf(
  options: ChaosOptions,
  environment: RehearsalEnvironment,
  { usualSeconds, others }: { usualSeconds: number; others: readonly string[] },
  say: (line: string) => void,
): Promise<ChaosRun[]> {
  const before = await readEnd(environment.variables);
  const random = seededRandom(options.seed);
  const oneOf = <T>(...choices: [T, ...T[]]): T => choices[Math.floor(random() * choices.length)]!;
  const runs: ChaosRun[] = [];
  while (runs.filter(({ killed }) => killed).length < options.runs) {
    const run = runs.length + 1;
    const startedMs = Date.now();
    const command = random() < DEPLOY_SHARE ? "deploy" : "rollback";
    const kill = {
      target: oneOf<KillTarget>("script", "pulumi", "machine"),
      afterMs: Math.round(random() * usualSeconds * 1000),
    };
    const next = oneOf<ChaosRun["next"]>("resume", "abort", "rollback");
    // A rollback names the service: so it goes to the release before, also after a run that was taken back.
    const deployed = command === "deploy" ? await nextOfCore(environment) : null;
    const disturbed = await environment.run(command, [deployed?.argument ?? CORE], { kill });
    const { killed, events } = disturbed;
    const end = await goOn(environment, next);
    // After `rollback` the release depends on how far the killed command came.
    const release = deployed && next !== "rollback" ? releaseAfter(end.outcome, events, deployed) : undefined;
    const problems = [
      ...ownFailure(command, disturbed),
      ...end.problems,
      ...(await endStateProblems(environment.variables, CORE, { others: { names: others, before }, release })),
    ];
    const seconds = (Date.now() - startedMs) / 1000;
    runs.push({ run, command, ...kill, killed, next, end: end.said, seconds, problems });
    say(lineOf(runs.at(-1)!));
  }
  return runs;
}

function lineOf({ run, command, target, afterMs, killed, next, end, seconds, problems }: ChaosRun): string {
  const kill = `${target}, ${(afterMs / 1000).toFixed(1)} s${killed ? "" : ", had ended"}`;
  const wrong = problems.length > 0 ? `; WRONG: ${problems.join("; ")}` : "";
  return `${String(run).padStart(3)} ${command} killed (${kill}), ${next}: ${end} in ${seconds.toFixed(0)} s${wrong}`;
}

async function reportOf(
  { speed, rate }: ChaosOptions,
  environment: RehearsalEnvironment,
  { runs, ...stored }: { streams: TrafficStream[]; tables: StoredTable[]; runs: readonly ChaosRun[] },
  { furthestBehind, lateStarts }: Traffic,
): Promise<RehearsalReport> {
  const { directory, trafficFile } = environment;
  const settings = {
    ...{ cutover: "routed" as const, speed, ratePerSecond: rate, drainSeconds: DRAIN_SECONDS, services: [CORE] },
  };
  const logs = await environment.logs();
  const disturbed = {
    runs: runs.length,
    problems: runs.flatMap(({ run, problems }) => problems.map((line) => `run ${run}: ${line}`)),
  };
  const nothing = { deploys: [], cloud: [], releases: [], atRateSinceMs: 0 };
  const record = { settings, ...stored, trafficFile, logs, furthestBehind, lateStarts, disturbed, ...nothing };
  return (await writeReport(record, directory)).report;
}
