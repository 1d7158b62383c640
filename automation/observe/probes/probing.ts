import type { StackOutputs } from "../../../components/live/outputs";
import type { Protocol, Settings } from "../../../components/settings/settings";
import type { Clock } from "../../core/clock";
import { StepFailed } from "../../core/errors";
import type { ProbeClient } from "../../ports/probe-client";
import { isUncertain, type ProbeResult, probeProblems, probeSummary } from "./probe-results";

/** Often enough to find a bad release in seconds, seldom enough for any service. Milliseconds. */
const MAX_INTERVAL_MS = 2_000;
/** How often a path is asked for in each period of metrics, however short it is in a rehearsal. */
const ASKS_PER_PERIOD = 30;
/** A request takes real time, in a rehearsal too. */
const MIN_INTERVAL_MS = 200;
/** For a failure that has to be confirmed, and for a network that fails once. */
const TRIES = 3;

export interface ProbeContext {
  settings: Settings;
  probeClient: ProbeClient;
  clock: Clock;
  signal: AbortSignal;
}

/** A service with what is asked of it. */
export interface ProbedService {
  name: string;
  /** The address of its production, such as `https://users.example.jp`. */
  url: string;
  paths: readonly string[];
  protocol: Protocol;
}

/** Returns those of the services that have probes and a public name, with what is asked of each. */
export function probedServices(
  settings: Settings,
  outputs: StackOutputs,
  services: readonly string[],
): ProbedService[] {
  return services.flatMap((name) => {
    const { probes: paths, protocol } = settings.services[name]!;
    const url = outputs.services[name]!.exposures.public?.url;
    return paths.length > 0 && url !== undefined ? [{ name, url, paths, protocol }] : [];
  });
}

/** Asks for paths of production all the time, from its making until `stop`. */
export class Probing {
  readonly #results = new Map<string, ProbeResult[]>();
  readonly #ending = new AbortController();
  /** Rejects with StepFailed as soon as a path has failed twice in a row; never resolves. */
  readonly failed: Promise<never>;

  constructor(
    private readonly context: ProbeContext,
    private readonly services: readonly ProbedService[],
  ) {
    for (const { name } of services) this.#results.set(name, []);
    const asking = services.flatMap((service) => service.paths.map((path) => this.#askAgainAndAgain(service, path)));
    this.failed = new Promise((_, reject) => {
      Promise.all(asking).catch((error: Error) => {
        if (!context.signal.aborted && !this.#ending.signal.aborted) reject(error);
      });
    });
  }

  /** What a service was asked so far, oldest first. */
  resultsOf(name: string): readonly ProbeResult[] {
    return this.#results.get(name) ?? [];
  }

  /** Whether another answer is needed before those so far count. */
  get isUncertain(): boolean {
    return this.services.some(({ name, paths }) => isUncertain(paths, this.resultsOf(name)));
  }

  /** One line for people; empty before the first answer. */
  summary(): string {
    const probes = this.services.reduce((sum, { paths }) => sum + paths.length, 0);
    return probeSummary(probes, [...this.#results.values()].flat());
  }

  /** Asks no more. May be called again. */
  stop(): void {
    this.#ending.abort();
  }

  async #askAgainAndAgain(service: ProbedService, path: string): Promise<void> {
    // Each path has a signal of its own, because older versions of Node warn of a leak when one has more than ten listeners.
    const signal = AbortSignal.any([this.context.signal, this.#ending.signal]);
    const results = this.#results.get(service.name)!;
    for (;;) {
      const result = await ask(this.context, service, path, signal);
      results.push(result);
      const problems = probeProblems(results);
      if (problems.length > 0)
        throw new StepFailed(problems.map((problem) => `${service.name}: ${problem}`).join("; "));
      await untilNext(this.context, result, signal);
    }
  }
}

/**
 * Asks for each path of a service's production now, and again where that fails.
 * @returns `unreached`: why the service was not reached, null if it was
 */
export async function checkProbes(
  context: ProbeContext,
  service: ProbedService,
): Promise<{ problems: string[]; unreached: string | null }> {
  const results = await Promise.all(service.paths.map((path) => tries(context, service, path)));
  const unreached = results.flatMap((ofPath) => {
    const { answer } = ofPath.at(-1)!;
    return answer.kind === "unreached" ? [answer.reason] : [];
  });
  return { problems: results.flatMap(probeProblems), unreached: unreached[0] ?? null };
}

async function tries(context: ProbeContext, service: ProbedService, path: string): Promise<ProbeResult[]> {
  const { signal } = context;
  const results: ProbeResult[] = [];
  for (;;) {
    const result = await ask(context, service, path, signal);
    results.push(result);
    const isKnown = !isUncertain([path], results) && result.answer.kind !== "unreached";
    if (isKnown || probeProblems(results).length > 0 || results.length === TRIES) return results;
    await untilNext(context, result, signal);
  }
}

/** @throws the signal's reason once it is aborted: an answer that nobody waits for counts no more */
async function ask(
  { clock, probeClient }: ProbeContext,
  { url, protocol }: ProbedService,
  path: string,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const sentMs = clock.now();
  const answer = await probeClient.ask({ url: `${url}${path}`, protocol }, signal);
  signal.throwIfAborted();
  return { path, sentMs, answer };
}

/** Waits until a path is due again. */
function untilNext({ clock, settings }: ProbeContext, { sentMs }: ProbeResult, signal: AbortSignal): Promise<void> {
  return clock.sleep(Math.max(0, sentMs + intervalMs(settings) - clock.now()), signal);
}

function intervalMs({ deploy }: Settings): number {
  const scaledMs = (deploy.metricPeriodSeconds * 1000) / ASKS_PER_PERIOD;
  return Math.min(MAX_INTERVAL_MS, Math.max(MIN_INTERVAL_MS, scaledMs));
}
