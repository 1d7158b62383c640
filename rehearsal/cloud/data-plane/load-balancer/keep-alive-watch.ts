import { type Agent, request } from "node:http";
import { ELB_HEALTH_CHECKER } from "./health-check";
import type { IdleConnection, ShortKeepAlive, TargetConfig } from "./types";

/** What a watch finds, without the target that it belongs to. */
type FoundKeepAlive = Omit<ShortKeepAlive, "targetGroupArn" | "targetId">;
/** The same of the connection that is left idle. */
type FoundIdle = Omit<IdleConnection, "targetGroupArn" | "targetId">;

export interface KeepAliveReports {
  shortKeepAlive(found: FoundKeepAlive): void;
  idleConnection(found: FoundIdle): void;
}

/** How much longer the connection that is left idle lives than the load balancer's own, to see whether the target closes it. */
export const PROBE_LONGER_MS = 2000;
/**
 * A target that closes this shortly after the idle timeout closes at it, and its timer was late. Node keeps connections for
 * a second longer than it announces, since 22.19 and 24.6 (server.keepAliveTimeoutBuffer).
 */
const LATE_SECONDS = 0.5;

/**
 * Finds out whether a target keeps idle connections longer than the load balancer does (aws-rules E34). The race itself
 * is decided in microseconds, and a rehearsal may never meet it; the two times say for certain that it is there. Reports
 * once for each task. A target that announces exactly the idle timeout may keep to it or live a little longer, and one
 * that announces nothing does not say: the connection that is left idle shows it, if the task lives long enough.
 */
export class KeepAliveWatch {
  #isReported = false;
  #isProbed = false;
  #isLeft = false;
  /** By its header. */
  #isLonger = false;
  /** Longest time in real seconds after which this task has closed an idle connection. */
  #closedAfter: number | undefined;

  /** @param idleTimeoutSeconds the load balancer's, in real seconds */
  constructor(
    private readonly idleTimeoutSeconds: number,
    private readonly reports: KeepAliveReports,
  ) {}

  /** Reads a response's `Keep-Alive` header, such as `timeout=5`. */
  readHeader(header: string | string[] | undefined): void {
    if (header === undefined || this.#isReported) return;
    const seconds = /(?:^|,)\s*timeout=(\d+)/i.exec(String(header))?.[1];
    if (seconds === undefined) return;
    if (Number(seconds) < this.idleTimeoutSeconds) this.#reportShort(Number(seconds), "announced");
    if (Number(seconds) <= this.idleTimeoutSeconds) return;
    this.#isLonger = true;
    this.keptIdle();
  }

  /** A connection is idle that no request will use. */
  leftIdle(): void {
    if (this.#isReported || this.#isLonger || this.#isLeft) return;
    this.#isLeft = true;
    this.#reportIdle("left");
  }

  /** The target has kept that connection for longer than the load balancer would, or announces it after all. */
  keptIdle(): void {
    if (!this.#isLeft) return;
    this.#isLeft = false;
    this.#reportIdle("kept");
  }

  /** The target closed a connection that was idle for so many real seconds, if it has not ended meanwhile. */
  closedByTarget(idleSeconds: number): void {
    this.#closedAfter = Math.max(this.#closedAfter ?? 0, idleSeconds);
    if (idleSeconds >= this.idleTimeoutSeconds + LATE_SECONDS) this.keptIdle();
  }

  /**
   * The target passed a health check, so it lives, and what it closed before it closed on purpose. The first time a
   * connection to it is left idle: those of a busy target may never be.
   */
  passedCheck(target: TargetConfig, path: string, agent: Agent): void {
    const closedAfter = this.#closedAfter;
    if (closedAfter !== undefined && closedAfter < this.idleTimeoutSeconds + LATE_SECONDS)
      this.#reportShort(closedAfter, "observed");
    if (this.#isProbed || !target.endpoint) return;
    this.#isProbed = true;
    const { address: host, port } = target.endpoint;
    const headers = { Host: `${host}:${target.port}`, "User-Agent": ELB_HEALTH_CHECKER };
    request({ host, port, path, headers, agent })
      .on("error", () => undefined)
      .on("response", (answer) => {
        this.readHeader(answer.headers["keep-alive"]);
        answer.on("error", () => undefined).resume();
      })
      .end();
  }

  #reportShort(targetSeconds: number, evidence: ShortKeepAlive["evidence"]): void {
    if (this.#isReported) return;
    this.#isReported = true;
    this.reports.shortKeepAlive({ targetSeconds, idleTimeoutSeconds: this.idleTimeoutSeconds, evidence });
  }

  #reportIdle(state: IdleConnection["state"]): void {
    this.reports.idleConnection({ state, idleTimeoutSeconds: this.idleTimeoutSeconds });
  }
}
