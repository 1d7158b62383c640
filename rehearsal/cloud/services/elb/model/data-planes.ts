import {
  type AccessLogMessage,
  LoadBalancer,
  type LoadBalancerEvents,
} from "../../../data-plane/load-balancer/load-balancer";
import type { LoadBalancerStart } from "../../../data-plane/load-balancer/types";
import type { CloudContext } from "../../../kernel/context";
import { type ConfigurationSources, configurationOf } from "./configuration";
import type { LoadBalancerState } from "./state";

export interface DataPlaneEvents {
  shortKeepAlive(loadBalancerArn: string, ...found: Parameters<LoadBalancerEvents["shortKeepAlive"]>): void;
  idleConnection(loadBalancerArn: string, ...found: Parameters<LoadBalancerEvents["idleConnection"]>): void;
  gatewayTimeout(loadBalancerArn: string, ...found: Parameters<LoadBalancerEvents["gatewayTimeout"]>): void;
  targetHealth(loadBalancerArn: string, ...changes: Parameters<LoadBalancerEvents["targetHealth"]>): void;
  accessLog(loadBalancer: LoadBalancerState, file: AccessLogMessage): void;
  metrics(loadBalancerArn: string, ...metrics: Parameters<LoadBalancerEvents["metrics"]>): void;
}

/** The settings that all load balancers of a cloud start with. */
export type DataPlaneSettings = Pick<LoadBalancerStart, "portOffset" | "spreadSeconds" | "insideAddress">;

/** Runs one process for each load balancer and sends it every change of its configuration. */
export class DataPlanes {
  readonly #processes = new Map<string, Promise<LoadBalancer>>();
  /** Load balancers whose configuration is sent at the end of this turn of the event loop. */
  readonly #pending = new Set<string>();
  readonly #context: CloudContext;
  readonly #sources: ConfigurationSources;
  readonly #settings: DataPlaneSettings;
  readonly #events: DataPlaneEvents;

  constructor(
    context: CloudContext,
    sources: ConfigurationSources,
    settings: DataPlaneSettings,
    events: DataPlaneEvents,
  ) {
    this.#context = context;
    this.#sources = sources;
    this.#settings = settings;
    this.#events = events;
  }

  async start(loadBalancer: LoadBalancerState): Promise<void> {
    const { arn, name, internal } = loadBalancer;
    const { clock, random, log } = this.#context;
    const seed = random.integer(0, 2 ** 32 - 1);
    const starting = LoadBalancer.start(
      name,
      { speed: clock.speed, seed, ...this.#settings },
      {
        targetHealth: (changes) => this.#events.targetHealth(arn, changes),
        ruleFollowed: (address) =>
          this.#context.emit({ kind: "ruleFollowed", atMs: Date.now(), loadBalancer: name, internal, address }),
        shortKeepAlive: (found) => this.#events.shortKeepAlive(arn, found),
        idleConnection: (found) => this.#events.idleConnection(arn, found),
        gatewayTimeout: (found) => this.#events.gatewayTimeout(arn, found),
        accessLog: (file) => this.#events.accessLog(loadBalancer, file),
        metrics: (metrics) => this.#events.metrics(arn, metrics),
        died: (error) => log(error.message),
      },
    );
    this.#processes.set(arn, starting);
    try {
      await starting;
    } catch (error) {
      this.#processes.delete(arn);
      throw error;
    }
  }

  /**
   * Sends a load balancer's complete configuration. Resolves when every listener is bound and every node follows these
   * rules or newer ones (E24). Does nothing while the load balancer has no process.
   * @throws Error with a message of one line, such as that a port is in use
   */
  async push(loadBalancerArn: string): Promise<void> {
    const loadBalancer = this.#sources.state.loadBalancers.get(loadBalancerArn);
    const running = await this.#processes.get(loadBalancerArn);
    if (loadBalancer && running) await running.configure(configurationOf(loadBalancer, this.#sources));
  }

  /**
   * Sends the configuration without waiting: an API call returns before every node follows it (E24). Changes in the
   * same turn of the event loop are sent together.
   */
  send(loadBalancerArn: string): void {
    if (this.#pending.has(loadBalancerArn)) return;
    this.#pending.add(loadBalancerArn);
    setImmediate(() => {
      this.#pending.delete(loadBalancerArn);
      this.push(loadBalancerArn).catch((error: Error) => this.#context.log(error.message));
    });
  }

  async stop(loadBalancerArn: string): Promise<void> {
    const running = await this.#processes.get(loadBalancerArn);
    this.#processes.delete(loadBalancerArn);
    await running?.stop();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#processes.keys()].map((arn) => this.stop(arn)));
  }
}
