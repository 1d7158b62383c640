import { type ChildProcess, fork } from "node:child_process";
import { modulePath, NODE_ARGUMENTS } from "../../../../automation/core/package-directory";
import type { MetricsMessage } from "./traffic-counts";
import type {
  FromLoadBalancer,
  GatewayTimeout,
  IdleConnection,
  LoadBalancerConfig,
  LoadBalancerStart,
  ShortKeepAlive,
  TargetHealth,
  ToLoadBalancer,
} from "./types";

/** Real milliseconds after `stop` until a process that has not ended is killed. */
const STOP_LIMIT_MS = 15_000;

/** Number of characters at the end of the process's error output that an error message repeats. */
const KEPT_OUTPUT = 2000;

export type AccessLogMessage = Extract<FromLoadBalancer, { type: "accessLog" }>;

export interface LoadBalancerEvents {
  /** Called with the targets whose health changed. */
  targetHealth(changes: TargetHealth[]): void;
  /** Called when a draining target gets no request any more and has none in flight. */
  drained?(targetGroupArn: string, targetId: string): void;
  /** Called when a node follows rules that it did not follow at once (E24). */
  ruleFollowed(address: string): void;
  /** Called once for each task that closes idle connections before the load balancer does. */
  shortKeepAlive(found: ShortKeepAlive): void;
  idleConnection(found: IdleConnection): void;
  gatewayTimeout(found: GatewayTimeout): void;
  /** Called at least once a second while there is traffic, with the counts since the last call. */
  metrics(metrics: MetricsMessage): void;
  /** Called with the access log entries of one node, every five AWS minutes if there were requests, and at the end. */
  accessLog?(file: AccessLogMessage): void;
  /** Called when the process ended without `stop`. The object cannot be used any more. */
  died(error: Error): void;
}

/** The control plane's handle of one load balancer process. */
export class LoadBalancer {
  #generation = 0;
  readonly #waiting = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();
  #errorOutput = "";
  #stopping = false;
  #death: Error | undefined;
  readonly #exited: Promise<void>;
  readonly #started: Promise<void>;

  /**
   * Starts the process. It serves nothing before the first `configure`.
   * @param name for error messages
   */
  static async start(name: string, settings: LoadBalancerStart, events: LoadBalancerEvents): Promise<LoadBalancer> {
    const child = fork(modulePath("rehearsal/cloud/data-plane/load-balancer/process"), {
      // ts-node finds the project's settings from the directory that it runs in.
      cwd: __dirname,
      execArgv: [...NODE_ARGUMENTS],
      env: { ...process.env, LOAD_BALANCER: JSON.stringify(settings) },
      stdio: ["ignore", "inherit", "pipe", "ipc"],
    });
    const loadBalancer = new LoadBalancer(name, child, events);
    await loadBalancer.#started;
    return loadBalancer;
  }

  private constructor(
    private readonly name: string,
    private readonly child: ChildProcess,
    private readonly events: LoadBalancerEvents,
  ) {
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#errorOutput = (this.#errorOutput + text).slice(-KEPT_OUTPUT);
    });
    this.#started = new Promise((resolve, reject) => this.#waiting.set(0, { resolve, reject }));
    this.#exited = new Promise((resolve) => child.once("close", (code, signal) => resolve(this.#onExit(code, signal))));
    child.on("message", (message: FromLoadBalancer) => this.#onMessage(message));
    child.on("error", (error) => this.#fail(error));
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /**
   * Sends the whole configuration; may be called again before the last call has resolved. Resolves when every listener
   * is bound and every node follows these rules or newer ones.
   * @throws Error with a message of one line: a port is taken, or the process has ended
   */
  async configure(config: LoadBalancerConfig): Promise<void> {
    if (this.#death) throw this.#death;
    if (this.#stopping) throw new Error(`Load balancer ${this.name} is stopping and takes no configuration`);
    this.#generation += 1;
    const generation = this.#generation;
    const configured = new Promise<void>((resolve, reject) => this.#waiting.set(generation, { resolve, reject }));
    this.#send({ type: "configure", config, generation });
    await configured;
  }

  /** Ends the process after the requests in flight. May be called twice, or after the process has ended. */
  async stop(): Promise<void> {
    if (!this.#stopping && this.child.connected) this.#send({ type: "stop" });
    this.#stopping = true;
    const limit = setTimeout(() => this.child.kill("SIGKILL"), STOP_LIMIT_MS);
    await this.#exited;
    clearTimeout(limit);
  }

  #send(message: ToLoadBalancer): void {
    this.child.send(message, (error) => error && this.#fail(error));
  }

  #onMessage(message: FromLoadBalancer): void {
    switch (message.type) {
      case "started":
        this.#settle(0);
        break;
      case "configured":
        this.#settle(message.generation);
        break;
      case "failed":
        this.#fail(new Error(message.message));
        break;
      case "targetHealth":
        this.events.targetHealth(message.changes);
        break;
      case "drained":
        this.events.drained?.(message.targetGroupArn, message.targetId);
        break;
      case "ruleFollowed":
        this.events.ruleFollowed(message.address);
        break;
      case "shortKeepAlive":
        this.events.shortKeepAlive(message);
        return;
      case "idleConnection":
        this.events.idleConnection(message);
        break;
      case "gatewayTimeout":
        this.events.gatewayTimeout(message);
        break;
      case "accessLog":
        this.events.accessLog?.(message);
        break;
      case "metrics":
        this.events.metrics(message);
        break;
    }
  }

  #settle(generation: number): void {
    this.#waiting.get(generation)?.resolve();
    this.#waiting.delete(generation);
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  #onExit(code: number | null, signal: NodeJS.Signals | null): void {
    const output = this.#errorOutput.trim();
    const error = new Error(
      `Load balancer ${this.name}: its process ended ${signal ? `by ${signal}` : `with exit code ${code}`}${output && `: ${output}`}`,
    );
    this.#death = error;
    this.#fail(error);
    if (!this.#stopping) this.events.died(error);
  }
}
