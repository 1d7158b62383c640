import { join } from "node:path";
import type { DeployEvent } from "../automation/ports/events";
import { DOMAIN } from "../rehearsal/environment/cloud-args";
import { FLOWING_LIMIT_MS, trafficSettings } from "../rehearsal/environment/traffic-settings";
import { answeredAtMs, readSamples } from "../rehearsal/report/samples";
import { streamsOf } from "../rehearsal/traffic/streams";
import { Traffic } from "../rehearsal/traffic/traffic";
import type { RequestSample } from "../rehearsal/traffic/types";
import { deployed } from "./deployed";
import { type Row, row } from "./spread";
import { SERVICE, Stage } from "./stage";

const ROUNDS = 2;
/** Enough that a last answer is known to 20 ms in each class of clients. */
const RATE_PER_SECOND = 150;
/** Long enough to be in it when the deploy is stopped. */
const BAKE_SECONDS = 600;
const SPEED = 1;
/** The second one is active at first, each rollback after its retirement goes to the other one. */
const GOOD = ["v1", "v2"] as const;

interface Way {
  /** Release that goes. */
  bad: string;
  /** Unix milliseconds at which the command was given. */
  commandAtMs: number;
  /** Unix milliseconds at which the step began that leads production back. */
  cutoverAtMs: number;
  /** Unix milliseconds at which the command was done. */
  endAtMs: number;
}

/**
 * From the rollback command to the last answer of the bad release, in real time (AWS's waits included), under traffic: while the old colour is warm,
 * after the deploy was stopped or while another process still runs it, and after it was retired. A round takes seven minutes.
 */
export async function rollback(): Promise<Row[]> {
  const stage = await Stage.open("rollback", { speed: SPEED, bootSeconds: null });
  const record = join(stage.directory, "traffic.ndjson");
  const streams = streamsOf({ ratePerSecond: RATE_PER_SECOND, services: [SERVICE], domain: DOMAIN });
  const preparing = Traffic.prepare(trafficSettings({ speed: SPEED, seed: 1 }, streams, stage.cloud, record));
  preparing.catch(() => {});
  const [warm, running, retired]: [Way[], Way[], Way[]] = [[], [], []];
  try {
    for (const release of GOOD) {
      await stage.push(release);
      await deployed(stage, [`${SERVICE}=${release}`]);
    }
    await stage.change((settings) => settings.setIn(["config", "aoshingo:deploy", "bakeSeconds"], BAKE_SECONDS));
    const traffic = await preparing;
    traffic.start();
    await traffic.untilFlowing(AbortSignal.timeout(FLOWING_LIMIT_MS));
    for (let round = 1; round <= ROUNDS; round++) {
      const bad = `bad-${round}`;
      await stage.push(bad);
      const stopped = await untilBake(stage, bad);
      stopped.child.kill("SIGINT");
      await stopped.ended;
      warm.push({ bad, ...(await goBack(stage, [])) });
      const elsewhere = await untilBake(stage, bad);
      running.push({ bad, ...(await goBack(stage, ["--stop-running"])) });
      await elsewhere.ended;
      retired.push({ bad: GOOD[round % 2]!, ...(await goBack(stage, [SERVICE])) });
    }
    await traffic.stop();
  } finally {
    await preparing.then((traffic) => traffic.kill()).catch(() => {});
    await stage.close();
  }
  const { requests } = await readSamples(record);
  const lastAnswers = (ways: readonly Way[]) =>
    ways.map((way) => (lastAnswerAtMs(requests, way) - way.commandAtMs) / 1000);
  const begins = (ways: readonly Way[]) =>
    ways.map(({ commandAtMs, cutoverAtMs }) => (cutoverAtMs - commandAtMs) / 1000);
  const failed = requests.filter(({ error }) => error !== "").length;
  return [
    row("s, warm: rollback to last bad answer", lastAnswers(warm), "at most 3"),
    row("  of it, until its `up` begins", begins(warm)),
    row("s, while the deploy runs: to last bad answer", lastAnswers(running)),
    row("  of it, until its `up` begins", begins(running)),
    row("s, after retirement: to last bad answer", lastAnswers(retired)),
    row("  of it, until that `up` begins", begins(retired)),
    row("requests that failed", [failed], "0"),
  ];
}

function lastAnswerAtMs(requests: readonly RequestSample[], { bad, commandAtMs, endAtMs }: Way): number {
  return requests.reduce((last, request) => {
    const atMs = answeredAtMs(request);
    return request.release === bad && atMs < endAtMs ? Math.max(last, atMs) : last;
  }, commandAtMs);
}

/** A deploy that watches its new release, as when a person has seen enough. */
async function untilBake(stage: Stage, tag: string) {
  const child = stage.start(["deploy", `${SERVICE}=${tag}`, "--json"]);
  let onBake = () => {};
  const baking = new Promise<void>((resolve) => {
    onBake = resolve;
  });
  const read = async () => {
    for await (const line of child.iterable()) {
      const event = JSON.parse(line) as DeployEvent;
      if (event.type === "stepStarted" && event.step === "bake") onBake();
    }
  };
  const ended = read();
  const tooSoon = ended.then(async () => {
    throw new Error(`the deploy of ${tag} came to no bake: ${(await child).stderr}`);
  });
  await Promise.race([baking, tooSoon]);
  tooSoon.catch(() => {}); // It was in its bake: it shall end.
  return { child, ended };
}

async function goBack(stage: Stage, args: readonly string[]): Promise<Omit<Way, "bad">> {
  const commandAtMs = Date.now();
  const child = stage.start(["rollback", ...args, "--json"]);
  let cutoverAtMs = Number.NaN;
  for await (const line of child.iterable()) {
    const event = JSON.parse(line) as DeployEvent;
    if (event.type === "stepStarted" && event.step === "cutover") cutoverAtMs = event.atMs;
  }
  const { exitCode, stderr } = await child;
  if (exitCode !== 0) throw new Error(`rollback ${args.join(" ")} failed: ${stderr}`);
  return { commandAtMs, cutoverAtMs, endAtMs: Date.now() };
}
