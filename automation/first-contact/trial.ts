import { type Colour, other } from "../../components/core/colour-name";
import { askedPath } from "../../components/live/health-path";
import type { ColourOutputs, StackOutputs } from "../../components/live/outputs";
import type { Clock } from "../core/clock";
import { transientProblem } from "../core/retry-transient";
import type { HttpClient } from "../ports/http-client";
import type { Observer } from "../ports/observer";
import type { TrafficSwitch } from "../ports/traffic-switch";
import type { Clients } from "./clients";

/** The stack's one service: the smallest api of the repository. */
export const SERVICE = "users";
/** Real milliseconds that a wait has at least, however fast the time of a stand-in is: it runs on a busy machine. */
const LEAST_WAIT_MS = 60_000;
/** Real milliseconds between two looks: fewer would be less exact, and more would only load a stand-in. */
const SHORTEST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;
/** AWS's answers tell their time in whole seconds, so that a smaller difference of the clocks is not known. */
const ANSWERED_TIME_MS = 1_000;

interface Parts {
  project: string;
  stack: string;
  region: string;
  domain: string;
  /** 12 digits. */
  accountId: string;
  /** AWS seconds in one real second: 1, unless a stand-in's time runs faster. */
  timeScale: number;
  clients: Clients;
  observer: Observer;
  trafficSwitch: TrafficSwitch;
  http: HttpClient;
  /** Returns the addresses that public DNS has for a name. */
  resolve(name: string): Promise<string[]>;
  clock: Clock;
  signal: AbortSignal;
  /** The stack's outputs after its last `up`. */
  outputs(): Promise<StackOutputs>;
  /** Runs one more `up` that is asked for no change. @returns how many resources it changed all the same */
  changesOfOneMoreUp(): Promise<number>;
}

/** The stack that the questions are put to, and the ways to put them. */
export class Trial {
  constructor(readonly parts: Parts) {}

  get clients(): Clients {
    return this.parts.clients;
  }

  /** The path of the service's health checks, its host, and its colours. */
  async service() {
    const { services, live, edges } = await this.parts.outputs();
    const service = services[SERVICE]!;
    const { active } = live.services[SERVICE]!;
    const idle = other(active);
    const { url, testUrl, zoneId, productionRules } = service.exposures.public!;
    const loadBalancers = edges.public!.loadBalancers;
    /** ARN of a colour's target group on the load balancer that DNS does not lead to. */
    const idleTargetGroup = (colour: Colour): string =>
      service.colours[colour].targetGroups.find(({ edge, loadBalancer }) => edge === "public" && loadBalancer === idle)!
        .arn;
    return {
      active,
      idle,
      zoneId,
      /** ARN of the production name's rule by load balancer. */
      productionRules: productionRules!,
      loadBalancers,
      idleTargetGroup,
      host: new URL(url).host,
      testUrl,
      url: `${url}${askedPath(service, active)}`,
      colours: service.colours satisfies Record<Colour, ColourOutputs>,
    };
  }

  now(): number {
    return this.parts.clock.now();
  }

  /** Unix milliseconds by AWS's clock, to compare with times that AWS gives. For durations `now` is more exact. */
  awsNow(): number {
    const aheadMs = this.parts.observer.clockAheadMs() ?? 0;
    return Math.abs(aheadMs) < ANSWERED_TIME_MS ? this.now() : this.now() - aheadMs;
  }

  /** Converts real milliseconds to AWS seconds. */
  seconds(ms: number): number {
    return (ms / 1000) * this.parts.timeScale;
  }

  /** Returns the AWS seconds since an instant of Unix milliseconds. */
  since(ms: number): number {
    return this.seconds(this.now() - ms);
  }

  /** Waits for some AWS seconds. */
  pause(seconds: number): Promise<void> {
    const ms = Math.min(Math.max((seconds / this.parts.timeScale) * 1000, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS);
    return this.parts.clock.sleep(ms, this.parts.signal);
  }

  /**
   * Looks every AWS second until `look` returns something. A look that AWS does not answer is one that saw nothing yet.
   * @param limitSeconds AWS seconds
   * @param leastMs real milliseconds for which it looks at least; 0 where nothing is expected to be seen
   * @returns null when the limit is over
   * @throws the error of the last look if AWS did not answer that: nobody knows what it would have seen
   */
  async until<Seen>(
    limitSeconds: number,
    look: () => Promise<Seen | null | undefined>,
    leastMs = LEAST_WAIT_MS,
  ): Promise<Seen | null> {
    const endsMs = this.now() + Math.max(leastMs, (limitSeconds / this.parts.timeScale) * 1000);
    for (;;) {
      this.parts.signal.throwIfAborted();
      let unanswered: unknown = null;
      const seen = await look().catch((error: unknown) => {
        if (transientProblem(error) === null) throw error;
        unanswered = error;
        return null;
      });
      if (seen !== null && seen !== undefined) return seen;
      if (this.now() >= endsMs) {
        if (unanswered !== null) throw unanswered;
        return null;
      }
      await this.pause(1);
    }
  }
}
