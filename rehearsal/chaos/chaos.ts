import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RehearsalEnvironment } from "../environment/environment";
import type { Target } from "../environment/killable-command";
import { METRIC_PERIOD_SECONDS } from "../environment/rehearsal-stack";
import type { RehearseOptions } from "../options";
import type { RehearsalReport } from "../report/types";
import { writeReport } from "../report/write-report";
import { seededRandom } from "../seeded-random";
import { CORE } from "../traffic/streams";
import { endStateFaults } from "./end-state";
import { goOn } from "./go-on";

/** AWS seconds. Long enough for two whole minutes of metrics would take most of the time. */
const DRAIN_SECONDS = 80;
const BAKE_SECONDS = 80;

export interface ChaosOptions extends RehearseOptions {
  runs: number;
}

interface ChaosRun {
  run: number;
  /** What was killed. */
  command: "deploy" | "rollback";
  target: Target;
  afterMs: number;
  /** False if it had ended before: such a run does not count. */
  killed: boolean;
  next: "resume" | "abort" | "rollback";
  /** What the next command did, in its own words. */
  end: string;
  seconds: number;
  /** What differs from an undisturbed run; empty when nothing does. */
  faults: string[];
}

interface ChaosResult {
  seed: number;
  runs: ChaosRun[];
  traffic: RehearsalReport["traffic"];
  ok: boolean;
}

/**
 * Runs of one service under traffic, each with a SIGKILL at a random instant and a command that goes on from there. All in one cloud, one after the other.
 * @public loaded by require, which the search for unused exports does not see
 */
export async function chaos(options: ChaosOptions, say: (line: string) => void): Promise<ChaosResult> {
  const { speed } = options;
  const random = seededRandom(options.seed);
  const oneOf = <T>(...choices: [T, ...T[]]): T => choices[Math.floor(random() * choices.length)]!;
  const runs: ChaosRun[] = [];
  const stage = await RehearsalEnvironment.open(options, {
    drainSeconds: DRAIN_SECONDS / speed,
    deploy: { bakeSeconds: BAKE_SECONDS / speed, metricPeriodSeconds: METRIC_PERIOD_SECONDS / speed },
  });
  try {
    while (runs.filter(({ killed }) => killed).length < options.runs) {
      const run = runs.length + 1;
      const startedMs = Date.now();
      const command = random() < 0.75 ? "deploy" : "rollback";
      const kill = {
        target: oneOf<Target>("script", "pulumi"),
        afterMs: Math.round(random() * stage.usualSeconds * 1000),
      };
      const after = oneOf<ChaosRun["next"]>("resume", "abort", "rollback");
      // Named: also after a run that was taken back it goes to the release before.
      const args = command === "deploy" ? [await stage.next()] : [CORE];
      const { killed } = await stage.run(command, args, { kill });
      const end = await goOn(stage, after);
      const faults = [...end.faults, ...(await endStateFaults(stage.environment, CORE))];
      const seconds = (Date.now() - startedMs) / 1000;
      runs.push({ run, command, ...kill, killed, next: after, end: end.said, seconds, faults });
      say(
        `${String(run).padStart(3)} ${command} killed (${kill.target}, ${(kill.afterMs / 1000).toFixed(1)} s${killed ? "" : ", had ended"}), ${after}: ${end.said} in ${seconds.toFixed(0)} s${faults.length > 0 ? `; WRONG: ${faults.join("; ")}` : ""}`,
      );
    }
    await stage.stopTraffic();
  } finally {
    await stage.close();
  }
  const { report } = await writeReport(
    {
      settings: {
        cutover: "routed",
        speed,
        ratePerSecond: options.rate,
        drainSeconds: DRAIN_SECONDS,
        services: [CORE],
      },
      streams: stage.streams,
      deploys: [],
      trafficFile: stage.trafficFile,
      logs: await stage.logs(),
      cloud: [],
      releases: [],
    },
    stage.directory,
  );
  const { traffic } = report;
  const failed = Object.values(traffic).some(({ failed, lost, doubled }) => failed + lost + doubled > 0);
  const result: ChaosResult = {
    seed: options.seed,
    runs,
    traffic,
    ok: !failed && runs.every(({ faults }) => faults.length === 0),
  };
  await writeFile(join(stage.directory, "chaos.json"), `${JSON.stringify(result, null, 2)}\n`);
  return result;
}
