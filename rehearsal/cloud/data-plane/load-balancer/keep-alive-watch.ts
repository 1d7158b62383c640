import { type Agent, request } from "node:http";
import { ELB_HEALTH_CHECKER } from "./health-check";
import type { ShortKeepAlive, TargetConfig } from "./types";

/** What a watch finds, without the target that it belongs to. */
export type FoundKeepAlive = Omit<ShortKeepAlive, "targetGroupArn" | "targetId">;

/**
 * Finds out whether a target keeps idle connections at least as long as the load balancer does (aws-rules E34). The
 * race itself is decided in microseconds, and a rehearsal may never meet it; the two times say for certain that it is
 * there. Reports once for each task.
 */
export class KeepAliveWatch {
  #isReported = false;
  #isProbed = false;
  /** Longest time in real seconds after which this task has closed an idle connection. */
  #closedAfter: number | undefined;

  /** @param idleTimeoutSeconds the load balancer's, in real seconds */
  constructor(
    private readonly idleTimeoutSeconds: number,
    private readonly report: (found: FoundKeepAlive) => void,
  ) {}

  /** Reads a response's `Keep-Alive` header, such as `timeout=5`. */
  readHeader(header: string | string[] | undefined): void {
    if (header === undefined || this.#isReported) return;
    const seconds = /(?:^|,)\s*timeout=(\d+)/i.exec(String(header))?.[1];
    if (seconds !== undefined) this.#compare(Number(seconds), "announced");
  }

  /** The target closed a connection that was idle for so many real seconds, if it has not ended meanwhile. */
  closedByTarget(idleSeconds: number): void {
    this.#closedAfter = Math.max(this.#closedAfter ?? 0, idleSeconds);
  }

  /**
   * The target passed a health check, so it lives, and what it closed before it closed on purpose. The first time a
   * connection to it is left idle: those of a busy target may never be.
   */
  passedCheck(target: TargetConfig, path: string, agent: Agent): void {
    if (this.#closedAfter !== undefined) this.#compare(this.#closedAfter, "observed");
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

  #compare(targetSeconds: number, evidence: ShortKeepAlive["evidence"]): void {
    if (this.#isReported || targetSeconds >= this.idleTimeoutSeconds) return;
    this.#isReported = true;
    this.report({ targetSeconds, idleTimeoutSeconds: this.idleTimeoutSeconds, evidence });
  }
}
