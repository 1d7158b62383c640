import { countOf } from "../../../components/core/count-of";
import type { ColourOutputs } from "../../../components/live/outputs";
import type { Settings } from "../../../components/settings/settings";
import type { Clock } from "../../core/clock";
import { concurrently } from "../../core/concurrently";
import type { AnalysedTraffic, Compare, ObservedAlarm, Observer, TrafficPeriod } from "../../ports/observer";
import { knownProblems } from "../check-known";
import type { ExpectedColour } from "../expected-colour";
import { withoutProbes } from "../probes/probe-results";
import type { Probing } from "../probes/probing";
import { TaskFailures } from "../task-failures";
import { type AnalysedService, analyse, hasTooFew, openRequests } from "./analyse";
import { ConsecutiveFailures } from "./consecutive-failures";
import { baselineWindow, MAX_LATE_PERIODS, readableWindow } from "./periods";
import { leastRatesOf, milliseconds, percent, ratesOf } from "./rates";

/**
 * For how many periods of metrics in a row a kind of observation may be unreadable, after the client's own retries. A
 * whole period comes as late as that in the worst case. AWS's control planes have such minutes while everything they
 * control goes on, and a rollback needs them, too.
 */
const MAX_UNREADABLE_PERIODS = 2;

/**
 * So many tasks that ended by themselves are a bad release, in a large colour as many as half of its instances. Once may be bad luck,
 * twice a late dependency.
 */
const MIN_FAILED_TASKS = 3;

export interface MonitoredService {
  name: string;
  /** The colour with the new release: the active one, during a ramp still the idle one. */
  fresh: ColourOutputs;
  wanted: ExpectedColour;
  /** The colour with the old release. */
  old: ColourOutputs;
}

export interface Monitored {
  services: readonly MonitoredService[];
  /** Unix milliseconds of the change. The analysis begins with the first whole period after it. */
  sinceMs: number;
  compare: Compare;
  /** Unix milliseconds: what was usual is read from the periods before. Default: `sinceMs`. */
  baselineMs?: number;
  /** What asks the services meanwhile. Its requests do not count in the analysis. Default: nothing does. */
  probing?: Pick<Probing, "isUncertain" | "resultsOf" | "summary">;
}

export interface MonitorContext {
  settings: Settings;
  observer: Observer;
  clock: Clock;
}

/** Looks at a new release again and again, and keeps what it has seen so far. */
export class ReleaseMonitor {
  /** By service. */
  #analysed: AnalysedService[] = [];
  /** The old release's periods before the change, by service. */
  readonly #usual = new Map<string, readonly TrafficPeriod[]>();
  /** Services of which no request is in the metrics although there were some before. */
  readonly #late = new Set<string>();
  /** End of the newest period that was analysed, in Unix milliseconds. */
  #analysedToMs = 0;
  /** Since when something was unreadable at every look, in Unix milliseconds; null while everything is readable. */
  #unreadableSinceMs: number | null = null;
  /** How many alarms the last look could read. Of the others nobody knows whether they fire. */
  #readableAlarms = 0;
  readonly #failures = new ConsecutiveFailures();
  /** By service: tasks that failed since the first look, also those that were replaced between two looks. */
  readonly #taskFailures: ReadonlyMap<string, TaskFailures>;

  constructor(
    private readonly context: MonitorContext,
    private readonly monitored: Monitored,
  ) {
    this.#taskFailures = new Map(monitored.services.map(({ name }) => [name, new TaskFailures()]));
  }

  /** Whether another look is needed before the result of the last one counts. */
  get isUncertain(): boolean {
    const { probing } = this.monitored;
    return this.#unreadableSinceMs !== null || this.#failures.any || (probing?.isUncertain ?? false);
  }

  /**
   * What the next periods of metrics will show, for people; null if the last ones have shown enough. It is the first metrics if no period could be
   * read yet, or no request of the new release is in them although the old release had some before; while both get requests, no request of
   * either. Load balancers' metrics may come minutes late. It is responses where so many requests have none that, if this goes on, they are
   * more than can be in flight before `MAX_LATE_PERIODS` are over.
   */
  get late(): "the first metrics" | "responses" | null {
    if (this.#isEarly || this.#late.size > 0) return "the first metrics";
    const isOpen = this.#analysed.some(
      (service) =>
        openRequests(service, this.#terms.limits) * (1 + MAX_LATE_PERIODS) > (service.fresh.at(-1)?.requests ?? 0),
    );
    return isOpen ? "responses" : null;
  }

  /** What was analysed so far: a new list each time that there is more of it. */
  get analysed(): readonly AnalysedService[] {
    return this.#analysed;
  }

  /** What was analysed so far, with what it was compared with. */
  analysedTraffic(): AnalysedTraffic[] {
    const { limits, periodSeconds } = this.#terms;
    return this.#analysed.map(({ name, fresh, old, compare }) => {
      return { service: name, compare, periodSeconds, periods: fresh, old: ratesOf(old), ...limits };
    });
  }

  /** Looks once and returns the problems, one line each. */
  async look(): Promise<string[]> {
    const atMs = this.context.clock.now();
    const unreadable: string[] = [];
    const orUnreadable = (what: string, looking: Promise<string[]>) =>
      looking.catch((error: Error) => {
        unreadable.push(`${what} cannot be seen: ${error.message}`);
        return [];
      });
    const { services } = this.monitored;
    const [alarms, colours, traffic] = await Promise.all([
      this.#alarms(unreadable),
      concurrently(services, (service) => orUnreadable(service.name, this.#colour(service))),
      orUnreadable("the load balancers' metrics", this.#traffic()),
    ]);
    this.#unreadableSinceMs = unreadable.length > 0 ? (this.#unreadableSinceMs ?? atMs) : null;
    const unreadableMs = atMs - (this.#unreadableSinceMs ?? atMs);
    const isBlind = unreadableMs >= MAX_UNREADABLE_PERIODS * this.#terms.periodSeconds * 1000;
    const confirmed = this.#failures.confirmed(new Map(services.map(({ name }, index) => [name, colours[index]!])));
    const crashing = services.flatMap((service) => this.#crashes(service));
    return [...alarms, ...confirmed, ...crashing, ...traffic, ...(isBlind ? unreadable : [])];
  }

  /** Returns one line: what was analysed. */
  summary(): string {
    const alarms = this.#readableAlarms;
    const analysed = this.#analysed.map((service) => {
      const { name, fresh } = service;
      const { requests, errorPercent, responseSeconds } = leastRatesOf(fresh);
      const open = openRequests(service, this.#terms.limits);
      const unanswered = open === 0 ? "" : `, ${open} not answered yet`;
      const time = responseSeconds === null ? "" : `, ${milliseconds(responseSeconds)}`;
      const few = hasTooFew(fresh) ? ", too few to judge" : "";
      return `${name} ${countOf(requests, "request")}, ${percent(errorPercent)} 5xx or no response${unanswered}${time}${few}`;
    });
    const probes = this.monitored.probing?.summary() ?? "";
    return [
      ...(alarms > 0 ? [`${countOf(alarms, "alarm")} not firing`] : []),
      ...(this.#isEarly ? ["no whole period of metrics yet"] : analysed),
      ...(probes === "" ? [] : [probes]),
    ].join("; ");
  }

  /** Whether a service had too few requests to be judged. */
  get hasTooFew(): boolean {
    return this.#analysed.some(({ fresh }) => hasTooFew(fresh));
  }

  get #isEarly(): boolean {
    return this.#analysed.length === 0 && this.monitored.services.some(hasEdge);
  }

  async #alarms(unreadable: string[]): Promise<string[]> {
    const { observer, settings } = this.context;
    const alarms = await observer.alarms(settings.deploy.alarms);
    const problems = (some: ObservedAlarm[]) => analyse({ ...this.#terms, alarms: some, services: [] });
    const readable = alarms.filter(({ state }) => state !== "unreadable");
    unreadable.push(...problems(alarms.filter(({ state }) => state === "unreadable")));
    this.#readableAlarms = readable.length;
    return problems(readable);
  }

  async #colour({ name, fresh, wanted }: MonitoredService): Promise<string[]> {
    const seen = await this.context.observer.colour(fresh);
    this.#taskFailures.get(name)!.since(seen);
    const problems = knownProblems(fresh, seen, wanted);
    if (problems === null) throw new Error("an ECS agent is disconnected, and nothing else tells of its tasks");
    return problems.map((problem) => `${name}: ${problem}`);
  }

  /** A release whose tasks end and are started again may look well each time. */
  #crashes({ name, wanted }: MonitoredService): string[] {
    const { count, lastReason } = this.#taskFailures.get(name)!;
    if (count < Math.max(MIN_FAILED_TASKS, wanted.size / 2)) return [];
    return [
      `${name}: ${countOf(count, "task")} ended by themselves since the analysis began, the last one: ${lastReason}`,
    ];
  }

  /** Analyses each period once, together with those before it. */
  async #traffic(): Promise<string[]> {
    const { services, sinceMs } = this.monitored;
    const window = readableWindow(sinceMs, this.context.clock.now(), this.#terms.periodSeconds);
    if (window.toMs <= Math.max(window.fromMs, this.#analysedToMs)) return [];
    this.#analysed = await concurrently(services.filter(hasEdge), (service) =>
      this.#read(service, window.fromMs, window.toMs),
    );
    this.#analysedToMs = window.toMs;
    return analyse({ ...this.#terms, alarms: [], services: this.#analysed });
  }

  async #read({ name, fresh, old }: MonitoredService, fromMs: number, toMs: number): Promise<AnalysedService> {
    const { observer } = this.context;
    const { compare, sinceMs, baselineMs = sinceMs, probing } = this.monitored;
    const { periodSeconds } = this.#terms;
    const window = { fromMs, toMs, periodSeconds };
    const readUsual = async (): Promise<readonly TrafficPeriod[]> => {
      const usual =
        this.#usual.get(name) ?? (await observer.traffic(old.targetGroups, baselineWindow(baselineMs, periodSeconds)));
      this.#usual.set(name, usual);
      return usual;
    };
    const [freshPeriods, oldPeriods] = await Promise.all([
      observer.traffic(fresh.targetGroups, window),
      compare === "meanwhile" ? observer.traffic(old.targetGroups, window) : readUsual(),
    ]);
    const ofClients = withoutProbes(freshPeriods, probing?.resultsOf(name) ?? [], periodSeconds);
    const hasCounts = [ofClients, ...(compare === "meanwhile" ? [oldPeriods] : [])].some(hasRequests);
    if (!hasCounts && hasRequests(await readUsual())) this.#late.add(name);
    else this.#late.delete(name);
    return { name, fresh: ofClients, old: oldPeriods, compare };
  }

  get #terms() {
    const { maxErrorPercent, maxLatencyRatio, metricPeriodSeconds } = this.context.settings.deploy;
    return { limits: { maxErrorPercent, maxLatencyRatio }, periodSeconds: metricPeriodSeconds };
  }
}

function hasEdge({ fresh }: MonitoredService): boolean {
  return fresh.targetGroups.length > 0;
}

function hasRequests(periods: readonly TrafficPeriod[]): boolean {
  return periods.some(({ requests }) => requests > 0);
}
