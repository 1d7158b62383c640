import type { DeployEvent } from "../automation/ports/events";
import { DOMAIN } from "../rehearsal/environment/cloud-args";
import type { RehearsalEnvironment } from "../rehearsal/environment/environment";
import { answeredAtMs, readSamples } from "../rehearsal/report/samples";
import { streamsOf } from "../rehearsal/traffic/streams";
import type { RequestSample } from "../rehearsal/traffic/types";
import { benchEnvironment, pushSample, SERVICE } from "./bench-environment";
import { deployed } from "./deployed";
import { type Row, row } from "./spread";

const ROUNDS = 2;
/** Enough to know a last answer to 20 ms in each class of clients. */
const RATE_PER_SECOND = 150;
/** So long that the deploy is still in its bake when it is stopped. */
const BAKE_SECONDS = 600;
const SPEED = 1;
/** The second one is active at first; each rollback after its retirement goes to the other one. */
const GOOD = ["v1", "v2"] as const;

interface MeasuredRollback {
  /** The release that goes. */
  bad: string;
  /** Unix milliseconds at which the command was given. */
  commandAtMs: number;
  /** Unix milliseconds at which the step cutover began. */
  cutoverAtMs: number;
  /** Unix milliseconds at which the command was done. */
  endAtMs: number;
}

/**
 * Measures from the rollback command to the last answer of the bad release, in real time (AWS's waits included), under
 * traffic: while the old colour is warm, after the deploy was stopped or while another process still runs it, and
 * after it was retired. A round takes seven minutes.
 */
export function rollback(signal: AbortSignal): Promise<Row[]> {
  return benchEnvironment("rollback", { speed: SPEED, bootSeconds: null, signal }, async (environment) => {
    environment.prepareTraffic(streamsOf({ ratePerSecond: RATE_PER_SECOND, services: [SERVICE], domain: DOMAIN }));
    for (const release of GOOD) {
      await pushSample(environment, release);
      await deployed(environment, [`${SERVICE}=${release}`]);
    }
    await environment.changeSettings((settings) =>
      settings.setIn(["config", "aoshingo:deploy", "bakeSeconds"], BAKE_SECONDS),
    );
    const traffic = await environment.startTraffic();
    await traffic.untilFlowing(signal);
    const [warm, running, retired]: [MeasuredRollback[], MeasuredRollback[], MeasuredRollback[]] = [[], [], []];
    for (let round = 1; round <= ROUNDS; round++) {
      const bad = `bad-${round}`;
      await pushSample(environment, bad);
      const stopped = await untilBake(environment, bad);
      stopped.child.kill("SIGINT");
      await stopped.ended;
      warm.push({ bad, ...(await measuredRollback(environment, [])) });
      const elsewhere = await untilBake(environment, bad);
      running.push({ bad, ...(await measuredRollback(environment, ["--stop-running"])) });
      await elsewhere.ended;
      retired.push({ bad: GOOD[round % 2]!, ...(await measuredRollback(environment, [SERVICE])) });
    }
    await traffic.stop();
    const { requests } = await readSamples(environment.trafficFile);
    const lastAnswers = (rollbacks: readonly MeasuredRollback[]) =>
      rollbacks.map((each) => (lastAnswerAtMs(requests, each) - each.commandAtMs) / 1000);
    const begins = (rollbacks: readonly MeasuredRollback[]) =>
      rollbacks.map(({ commandAtMs, cutoverAtMs }) => (cutoverAtMs - commandAtMs) / 1000);
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
  });
}

function lastAnswerAtMs(requests: readonly RequestSample[], { bad, commandAtMs, endAtMs }: MeasuredRollback): number {
  return requests.reduce((last, request) => {
    const atMs = answeredAtMs(request);
    return request.release === bad && atMs < endAtMs ? Math.max(last, atMs) : last;
  }, commandAtMs);
}

/** Starts a deploy and waits until it is in its bake, where a person has seen enough. */
async function untilBake(environment: RehearsalEnvironment, tag: string) {
  const child = environment.start("deploy", [`${SERVICE}=${tag}`, "--json"]);
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
    throw new Error(`the deploy of ${tag} ended before its bake: ${(await child).stderr}`);
  });
  await Promise.race([baking, tooSoon]);
  tooSoon.catch(() => {}); // It reached its bake: then it may end.
  return { child, ended };
}

async function measuredRollback(
  environment: RehearsalEnvironment,
  args: readonly string[],
): Promise<Omit<MeasuredRollback, "bad">> {
  const commandAtMs = Date.now();
  const child = environment.start("rollback", [...args, "--json"]);
  let cutoverAtMs = Number.NaN;
  for await (const line of child.iterable()) {
    const event = JSON.parse(line) as DeployEvent;
    if (event.type === "stepStarted" && event.step === "cutover") cutoverAtMs = event.atMs;
  }
  const { exitCode, stderr } = await child;
  if (exitCode !== 0) throw new Error(`rollback ${args.join(" ")} failed: ${stderr}`);
  return { commandAtMs, cutoverAtMs, endAtMs: Date.now() };
}
