import { once } from "node:events";
import {
  type Agent,
  createServer,
  type IncomingHttpHeaders,
  request as openRequest,
  type RequestListener,
} from "node:http";
import { request as openSecureRequest } from "node:https";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { DataPlane } from "../../../../../rehearsal/cloud/data-plane/load-balancer/data-plane";
import type {
  GatewayTimeout,
  IdleConnection,
  LoadBalancerConfig,
  LoadBalancerStart,
  ShortKeepAlive,
  TargetConfig,
  TargetGroupConfig,
  TargetHealth,
} from "../../../../../rehearsal/cloud/data-plane/load-balancer/types";

/** Where connections from inside the VPC come from. */
export const INSIDE = "127.66.9.10";

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Ask {
  address: string;
  port: number;
  path?: string;
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  agent?: Agent;
  /** PEM; with it the request goes over TLS. */
  ca?: string;
  serverName?: string;
  /** Where the connection comes from. */
  from?: string;
}

/** Sends one request and reads its whole response. Rejects when the connection breaks. */
export function ask(asked: Ask): Promise<Answer> {
  const {
    address: host,
    port,
    path = "/",
    method = "GET",
    headers = {},
    agent,
    ca,
    serverName: servername,
    from: localAddress,
  } = asked;
  return new Promise((resolve, reject) => {
    const options = { host, port, path, method, headers, agent: agent ?? false, ca, servername, localAddress };
    const request = (ca ? openSecureRequest : openRequest)(options, (answer) => {
      let body = "";
      answer.setEncoding("utf8").on("data", (text) => {
        body += text;
      });
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
      answer.on("error", reject);
    });
    request.on("error", reject);
    request.end(asked.body);
  });
}

export interface TestTarget {
  endpoint: { address: string; port: number };
  server: ReturnType<typeof createServer>;
  close(): Promise<void>;
}

/**
 * Starts a real HTTP server on a free port. It answers health checks at /up with 200; the listener answers the rest.
 */
export async function startTarget(listener: RequestListener, address = "127.66.9.1"): Promise<TestTarget> {
  const server = createServer((request, response) => {
    if (request.url === "/up") response.end("up");
    else listener(request, response);
  });
  // Longer than a load balancer's, as every service has to (aws-rules E34). With Node's 5 s a busy machine meets the race.
  server.keepAliveTimeout = 75_000;
  server.listen(0, address);
  await once(server, "listening");
  const close = async () => {
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return { server, endpoint: { address, port: (server.address() as AddressInfo).port }, close };
}

/** Answers with its name and the path of the request. */
export function named(name: string): RequestListener {
  return (request, response) => {
    response.setHeader("x-release", name);
    response.end(`${name} ${request.url}`);
  };
}

export function target(id: string, endpoint: TargetConfig["endpoint"], more: Partial<TargetConfig> = {}): TargetConfig {
  return { id, port: 8080, endpoint, reachable: true, draining: false, ...more };
}

export function group(arn: string, targets: TargetConfig[], more: Partial<TargetGroupConfig> = {}): TargetGroupConfig {
  return {
    arn,
    name: arn,
    protocolVersion: "HTTP1",
    healthCheck: {
      path: "/up",
      intervalSeconds: 5,
      timeoutSeconds: 2,
      healthyThreshold: 2,
      unhealthyThreshold: 2,
      matcher: "200",
    },
    deregistrationDelaySeconds: 300,
    targets,
    ...more,
  };
}

/** Returns a port offset with which the AWS port 80 is free on the address at this moment. */
export async function freePortOffset(address: string): Promise<number> {
  const probe = createTcpServer().listen(0, address);
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port - 80;
}

/** A load balancer inside the test's process, and what it has reported. */
export class Scene {
  readonly health = new Map<string, TargetHealth>();
  readonly healthLog: TargetHealth[] = [];
  readonly drained: string[] = [];
  /** Addresses of nodes that followed rules late. */
  readonly followed: string[] = [];
  readonly shortKeepAlives: ShortKeepAlive[] = [];
  /** With the moment of each, in milliseconds of `performance.now()`. */
  readonly idleConnections: (IdleConnection & { atMs: number })[] = [];
  readonly gatewayTimeouts: GatewayTimeout[] = [];
  readonly plane: DataPlane;
  readonly #watchers = new Set<() => void>();

  private constructor(
    readonly start: LoadBalancerStart,
    readonly address: string,
  ) {
    this.plane = new DataPlane(start, {
      health: (change) => {
        this.health.set(`${change.targetGroupArn}/${change.targetId}`, change);
        this.healthLog.push(change);
        this.#notify();
      },
      drained: (arn, id) => {
        this.drained.push(`${arn}/${id}`);
        this.#notify();
      },
      ruleFollowed: (address) => this.followed.push(address),
      shortKeepAlive: (found) => {
        this.shortKeepAlives.push(found);
        this.#notify();
      },
      idleConnection: (found) => {
        this.idleConnections.push({ ...found, atMs: performance.now() });
        this.#notify();
      },
      gatewayTimeout: (found) => {
        this.gatewayTimeouts.push(found);
        this.#notify();
      },
    });
  }

  /** The default speed is 100. */
  static async open(address: string, start: Partial<LoadBalancerStart> = {}): Promise<Scene> {
    const portOffset = await freePortOffset(address);
    const defaults = { speed: 100, portOffset, seed: 7, spreadSeconds: 0, insideAddress: INSIDE };
    return new Scene({ ...defaults, ...start }, address);
  }

  get port(): number {
    return 80 + this.start.portOffset;
  }

  /** By default one node with one HTTP listener on port 80. */
  config(more: Partial<LoadBalancerConfig> = {}): LoadBalancerConfig {
    return oneNode(this.address, more);
  }

  ask(more: Partial<Ask> = {}): Promise<Answer> {
    return ask({ address: this.address, port: this.port, ...more });
  }

  /** Waits for a condition on what the load balancer has reported; mocha's timeout ends the wait. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#watchers.delete(wake);
          resolve();
        };
        this.#watchers.add(wake);
      });
    }
  }

  /** @param key "group/target" */
  untilState(key: string, state: string): Promise<void> {
    return this.until(() => this.health.get(key)?.state === state);
  }

  #notify(): void {
    for (const wake of [...this.#watchers]) wake();
  }
}

/**
 * By default one node with one HTTP listener on port 80, which distributes requests evenly among the target
 * groups.
 */
export function oneNode(address: string, more: Partial<LoadBalancerConfig> = {}): LoadBalancerConfig {
  const forwardAll = (more.targetGroups ?? []).map(({ arn }) => ({ arn, weight: 1 }));
  return {
    name: "test",
    nodes: [{ zone: "a", address, internet: true }],
    listeners: [
      {
        arn: "listener",
        port: 80,
        protocol: "HTTP",
        internet: true,
        certificates: [],
        rules: [],
        defaultAction: { type: "forward", targetGroups: forwardAll },
      },
    ],
    targetGroups: [],
    idleTimeoutSeconds: 60,
    clientKeepAliveSeconds: 3600,
    ...more,
  };
}
