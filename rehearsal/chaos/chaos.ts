import { mkdir, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { bringUp } from "../bring-up";
import { RunningCloud } from "../cloud/running-cloud";
import { cloudArgs, DOMAIN } from "../cloud-args";
import type { RehearseOptions } from "../options";
import { METRIC_PERIOD_SECONDS, STACK, writeSettings } from "../rehearsal-stack";
import { Releases } from "../releases";
import type { RehearsalReport } from "../report/types";
import { writeReport } from "../report/write-report";
import { seededRandom } from "../seeded-random";
import { readServiceLogs } from "../service-logs";
import { CORE, streamsOf } from "../traffic/streams";
import { Traffic } from "../traffic/traffic";
import { FLOWING_LIMIT_MS, trafficSettings } from "../traffic-settings";
import { endStateFaults } from "./end-state";
import { type CommandEnd, runCommand, type Target } from "./victim";

/** AWS seconds. Long enough for two whole minutes of metrics would take most of the time. */
const DRAIN_SECONDS = 80;
const BAKE_SECONDS = 80;
/** How often a run is taken up again before it counts as stuck. */
const TRIES = 3;

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
  const directory = resolve(options.directory);
  await rm(join(directory, "traffic.ndjson"), { force: true });
  await mkdir(directory, { recursive: true });
  const settingsFile = await writeSettings(directory, {
    cutover: "routed",
    drainSeconds: DRAIN_SECONDS / options.speed,
    services: [CORE],
    deploy: {
      bakeSeconds: BAKE_SECONDS / options.speed,
      metricPeriodSeconds: METRIC_PERIOD_SECONDS / options.speed,
    },
  });
  const cloud = await RunningCloud.start({ args: cloudArgs(options), onLog: () => {} });
  const { environment } = cloud.ready;
  Object.assign(process.env, environment);
  const streams = streamsOf({ ratePerSecond: options.rate, services: [CORE], domain: DOMAIN });
  const trafficFile = join(directory, "traffic.ndjson");
  const preparing = Traffic.prepare(trafficSettings(options, streams, cloud, trafficFile));
  preparing.catch(() => {});
  const random = seededRandom(options.seed);
  const oneOf = <T>(...choices: [T, ...T[]]): T => choices[Math.floor(random() * choices.length)]!;
  const common = ["--stack", STACK, "--config-file", settingsFile];
  const runs: ChaosRun[] = [];
  try {
    const releases = new Releases(environment, await bringUp(environment, settingsFile, new AbortController().signal));
    const next = async () => `${CORE}=${(await releases.next([CORE], "none"))[0]!.tag}`;
    await undisturbed(await runCommand(environment, ["deploy", ...common, await next()]));
    const usual = await runCommand(environment, ["deploy", ...common, await next()]);
    await undisturbed(usual);
    const traffic = await preparing;
    traffic.start();
    await traffic.untilFlowing(AbortSignal.timeout(FLOWING_LIMIT_MS));
    while (runs.filter(({ killed }) => killed).length < options.runs) {
      const run = runs.length + 1;
      const startedMs = Date.now();
      const command = random() < 0.75 ? "deploy" : "rollback";
      const kill = { target: oneOf<Target>("script", "pulumi"), afterMs: Math.round(random() * usual.seconds * 1000) };
      const after = oneOf<ChaosRun["next"]>("resume", "abort", "rollback");
      const args = command === "deploy" ? [await next()] : [];
      const victim = await runCommand(environment, [command, ...common, ...args], kill);
      const end = await goOn(environment, after, common);
      const faults = [...end.faults, ...(await endStateFaults(environment, CORE))];
      const { killed } = victim;
      const seconds = (Date.now() - startedMs) / 1000;
      runs.push({ run, command, ...kill, killed, next: after, end: end.said, seconds, faults });
      say(
        `${String(run).padStart(3)} ${command} killed (${kill.target}, ${(kill.afterMs / 1000).toFixed(1)} s${killed ? "" : ", had ended"}), ${after}: ${end.said} in ${seconds.toFixed(0)} s${faults.length > 0 ? `; WRONG: ${faults.join("; ")}` : ""}`,
      );
    }
    await traffic.stop();
  } finally {
    await preparing.then((traffic) => traffic.kill()).catch(() => {});
    await cloud.stop();
  }
  const { report } = await writeReport(
    {
      settings: {
        cutover: "routed",
        speed: options.speed,
        ratePerSecond: options.rate,
        drainSeconds: DRAIN_SECONDS,
        services: [CORE],
      },
      streams,
      deploys: [],
      trafficFile,
      logs: await readServiceLogs(join(directory, "cloud", "logs")),
      cloud: [],
      releases: [],
    },
    directory,
  );
  const { traffic } = report;
  const failed = Object.values(traffic).some(({ failed, lost, doubled }) => failed + lost + doubled > 0);
  const result: ChaosResult = {
    seed: options.seed,
    runs,
    traffic,
    ok: !failed && runs.every(({ faults }) => faults.length === 0),
  };
  await writeFile(join(directory, "chaos.json"), `${JSON.stringify(result, null, 2)}\n`);
  return result;
}

/** The chosen command; if it fails, `resume` after it: what a person would do who reads what it says. */
async function goOn(environment: Record<string, string>, command: ChaosRun["next"], common: readonly string[]) {
  const said: string[] = [];
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const name = attempt === 0 ? command : "resume";
    const { exitCode, events, errors } = await runCommand(environment, [name, ...common]);
    const ended = events.findLast((event) => event.type === "deployEnded");
    said.push(`${name} ${ended ? ended.outcome : lastLine(errors)}`);
    // Nothing to go on with: the run had ended by itself, well or taken back.
    if (exitCode === 0 || /^nothing to /.test(lastLine(errors))) return { said: said.join(", then "), faults: [] };
  }
  return { said: said.join(", then "), faults: [`${TRIES} commands did not bring it to an end`] };
}

async function undisturbed({ exitCode, errors, events }: CommandEnd): Promise<void> {
  if (exitCode === 0) return;
  const ended = events.findLast((event) => event.type === "deployEnded");
  throw new Error(`a deploy that nobody disturbed failed: ${ended?.reason ?? errors}`);
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
