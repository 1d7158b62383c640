import type { ColourOutputs } from "../../../components/live/outputs";
import type { StepContext } from "../../deploy/context";
import type { TrafficPeriod } from "../../ports/observer";
import { checkColour, type ExpectedColour } from "../check-colour";
import { type AnalysedService, analyse, type Compare } from "./analyse";
import type { AnalysedTraffic } from "./analysed-traffic";
import { ConsecutiveFailures } from "./consecutive-failures";
import { readableWindow } from "./periods";
import { milliseconds, percent, ratesOf } from "./rates";

/** How many periods before the change the old release's rates are taken from: ten minutes on AWS. */
const BASELINE_PERIODS = 10;
/**
 * So many periods of metrics in a row nothing may be read of a kind, after the client's own retries: as late as a whole period is at the latest. AWS's
 * control planes have such minutes while all that they control goes on, and a way back needs them, too.
 */
const UNREAD_PERIODS = 2;

export interface MonitoredService {
  name: string;
  /** The colour with the new release: the active one, in a ramp still the idle one. */
  fresh: ColourOutputs;
  wanted: ExpectedColour;
  /** The colour with the old release. */
  old: ColourOutputs;
}

export interface Monitored {
  services: readonly MonitoredService[];
  /** Unix milliseconds of the change: the first whole period after it is the first that is judged. */
  sinceMs: number;
  compare: Compare;
}

export type MonitorContext = Pick<StepContext, "settings" | "observer" | "clock">;

/** What has been seen of a new release so far. */
export class ReleaseMonitor {
  readonly #context: MonitorContext;
  readonly #watched: Monitored;
  /** By service. */
  #judged: AnalysedService[] = [];
  /** The end of the newest period that was judged. */
  #judgedToMs = 0;
  /** From when on something could not be read at every look, in Unix milliseconds; null while all can be. */
  #unreadSinceMs: number | null = null;
  readonly #doubts = new ConsecutiveFailures();

  constructor(context: MonitorContext, watched: Monitored) {
    this.#context = context;
    this.#watched = watched;
  }

  /** Something must be looked at once more before it can be believed. */
  get isUncertain(): boolean {
    return this.#unreadSinceMs !== null || this.#doubts.any;
  }

  /** What was judged so far: another list each time that there is more of it. */
  get analysed(): readonly AnalysedService[] {
    return this.#judged;
  }

  /** The same with what it was compared with. */
  analysedTraffic(): AnalysedTraffic[] {
    const { limits, periodSeconds } = this.#terms;
    return this.#judged.map(({ name, fresh, old, compare }) => {
      return { service: name, compare, periodSeconds, periods: fresh, old: ratesOf(old), ...limits };
    });
  }

  /** @returns faults, one line each */
  async look(): Promise<string[]> {
    const atMs = this.#context.clock.now();
    const unread: string[] = [];
    const orUnread = (what: string, looking: Promise<string[]>) =>
      looking.catch((error: Error) => {
        unread.push(`${what} cannot be seen: ${error.message}`);
        return [];
      });
    const { services } = this.#watched;
    const [alarms, colours, traffic] = await Promise.all([
      this.#alarms(unread),
      Promise.all(services.map((service) => orUnread(service.name, this.#colour(service)))),
      orUnread("the load balancers' metrics", this.#traffic()),
    ]);
    this.#unreadSinceMs = unread.length > 0 ? (this.#unreadSinceMs ?? atMs) : null;
    const unreadMs = atMs - (this.#unreadSinceMs ?? atMs);
    const isBlind = unreadMs >= UNREAD_PERIODS * this.#terms.periodSeconds * 1000;
    const sick = this.#doubts.confirmed(new Map(services.map(({ name }, index) => [name, colours[index]!])));
    return [...alarms, ...sick, ...traffic, ...(isBlind ? unread : [])];
  }

  /** One line: what was judged. */
  summary(): string {
    const { alarms } = this.#context.settings.deploy;
    const seen = this.#judged.map(({ name, fresh }) => {
      const { requests, errorPercent, responseSeconds } = ratesOf(fresh);
      const time = responseSeconds === null ? "" : `, ${milliseconds(responseSeconds)}`;
      return `${name} ${requests} requests, ${percent(errorPercent)} 5xx${time}`;
    });
    return [
      ...(alarms.length > 0 ? [`${alarms.length} ${alarms.length === 1 ? "alarm" : "alarms"} quiet`] : []),
      ...(seen.length === 0 && this.#watched.services.some(hasEdge) ? ["no whole period of metrics yet"] : seen),
    ].join("; ");
  }

  async #alarms(unread: string[]): Promise<string[]> {
    const { observer, settings } = this.#context;
    const alarms = await observer.alarms(settings.deploy.alarms);
    const judged = (some: typeof alarms) => analyse({ ...this.#terms, alarms: some, services: [] });
    unread.push(...judged(alarms.filter(({ state }) => state === "unreadable")));
    return judged(alarms.filter(({ state }) => state !== "unreadable"));
  }

  async #colour({ name, fresh, wanted }: MonitoredService): Promise<string[]> {
    return checkColour(fresh, await this.#context.observer.colour(fresh), wanted).map((fault) => `${name}: ${fault}`);
  }

  /** Judges each period once, with those before it. */
  async #traffic(): Promise<string[]> {
    const { clock } = this.#context;
    const { services, sinceMs } = this.#watched;
    const window = readableWindow(sinceMs, clock.now(), this.#terms.periodSeconds);
    if (window.toMs <= Math.max(window.fromMs, this.#judgedToMs)) return [];
    this.#judged = await Promise.all(
      services.filter(hasEdge).map((service) => this.#read(service, window.fromMs, window.toMs)),
    );
    this.#judgedToMs = window.toMs;
    return analyse({ ...this.#terms, alarms: [], services: this.#judged });
  }

  async #read({ name, fresh, old }: MonitoredService, fromMs: number, toMs: number): Promise<AnalysedService> {
    const { observer } = this.#context;
    const { compare } = this.#watched;
    const { periodSeconds } = this.#terms;
    const known = this.#judged.find((one) => one.name === name);
    const ofOld = (): Promise<readonly TrafficPeriod[]> => {
      if (compare === "meanwhile") return observer.traffic(old.targetGroups, { fromMs, toMs, periodSeconds });
      if (known) return Promise.resolve(known.old);
      const { sinceMs } = this.#watched;
      const before = { fromMs: sinceMs - BASELINE_PERIODS * periodSeconds * 1000, toMs: sinceMs, periodSeconds };
      return observer.traffic(old.targetGroups, before);
    };
    const [freshPeriods, oldPeriods] = await Promise.all([
      observer.traffic(fresh.targetGroups, { fromMs, toMs, periodSeconds }),
      ofOld(),
    ]);
    return { name, fresh: freshPeriods, old: oldPeriods, compare };
  }

  get #terms() {
    const { maxErrorPercent, maxLatencyRatio, metricPeriodSeconds } = this.#context.settings.deploy;
    return { limits: { maxErrorPercent, maxLatencyRatio }, periodSeconds: metricPeriodSeconds };
  }
}

function hasEdge({ fresh }: MonitoredService): boolean {
  return fresh.targetGroups.length > 0;
}
