import type { IncomingMessage, ServerResponse } from "node:http";
import { answerError, answerFixed, answerRedirect } from "./answer";
import { chooseByWeight, type Random, seededRandom } from "./choice";
import { forwardRequest, type OnStatus } from "./forward";
import { compileRules, findAction, type ListenerRules, targetGroupsNamedBy } from "./listener-rules";
import { NodeListener } from "./node-listener";
import { NodeRules, type RulesByPort } from "./node-rules";
import { Pace } from "./pace";
import { redirectLocation } from "./redirect";
import type { Target } from "./target";
import { TargetGroup, type TargetGroupEvents } from "./target-group";
import { TrafficCounts } from "./traffic-counts";
import type { ActionConfig, ListenerConfig, LoadBalancerConfig, LoadBalancerStart } from "./types";
import { forwardUpgrade, responseOn } from "./upgrade";

/** Where a request came in. */
interface Entrance {
  rules: NodeRules;
  listener: ListenerConfig;
}

/** One load balancer: takes whole configurations, serves requests in between. */
export class DataPlane {
  readonly counts = new TrafficCounts();
  private readonly pace: Pace;
  private readonly random: Random;
  private readonly nodes = new Map<string, NodeRules>();
  private readonly listeners = new Map<string, NodeListener>();
  private readonly groups = new Map<string, TargetGroup>();
  private config: LoadBalancerConfig | undefined;
  private ruleText = "";
  private edition = 0;
  private wantedRules: RulesByPort = new Map();
  private binding: Promise<void> = Promise.resolve();

  constructor(
    private readonly start: LoadBalancerStart,
    private readonly events: TargetGroupEvents,
  ) {
    this.pace = new Pace(start.speed);
    this.random = seededRandom(start.seed);
  }

  /**
   * Targets and certificates change at once, rules node by node (aws-rules E24). Open connections stay.
   * @returns when every listener is bound and every node follows these rules or newer ones
   * @throws Error with one line for a person when a listener cannot be bound
   */
  async configure(config: LoadBalancerConfig): Promise<void> {
    this.config = config;
    const delays = this.takeRules(config);
    this.updateNodes(config);
    this.updateTargetGroups(config);
    const followed = [...this.nodes].map(async ([address, node]) => {
      await node.follow(this.wantedRules, this.edition, delays.get(address) ?? 0);
      this.settleTargetGroups();
    });
    const bound = this.binding.then(() => this.bindListeners(config));
    this.binding = bound.catch(() => undefined);
    await Promise.all([bound, ...followed]);
  }

  /** Takes no new connection and returns when the requests in flight have ended. */
  async stop(): Promise<void> {
    await this.binding;
    for (const node of this.nodes.values()) node.close();
    await Promise.all([...this.listeners.values()].map((listener) => listener.close()));
    for (const group of this.groups.values()) group.close();
  }

  /** How long each node waits, in real milliseconds, before it follows; empty for new nodes and unchanged rules. */
  private takeRules(config: LoadBalancerConfig): Map<string, number> {
    const text = JSON.stringify(config.listeners.map(({ port, rules, defaultAction }) => [port, rules, defaultAction]));
    if (text === this.ruleText) return new Map();
    const first = this.ruleText === "";
    this.ruleText = text;
    this.edition += 1;
    this.wantedRules = new Map(config.listeners.map((listener) => [listener.port, compileRules(listener)]));
    if (first) return new Map();
    const spreadMs = this.pace.milliseconds(this.start.ruleSpreadSeconds);
    return new Map([...this.nodes.keys()].map((address) => [address, this.random() * spreadMs]));
  }

  private updateNodes(config: LoadBalancerConfig): void {
    const addresses = new Set(config.nodes.map((node) => node.address));
    for (const [address, node] of this.nodes) {
      if (addresses.has(address)) continue;
      node.close();
      this.nodes.delete(address);
    }
    for (const address of addresses) if (!this.nodes.has(address)) this.nodes.set(address, new NodeRules());
  }

  private updateTargetGroups(config: LoadBalancerConfig): void {
    const used = this.usedTargetGroups();
    for (const group of config.targetGroups) {
      let known = this.groups.get(group.arn);
      if (!known) {
        known = new TargetGroup(group, this.pace, this.events);
        this.groups.set(group.arn, known);
      }
      known.update(group, used.has(group.arn), config.idleTimeoutSeconds);
    }
    this.settleTargetGroups();
  }

  /** A group is used, and stays, as long as one node still follows a rule that names it. */
  private settleTargetGroups(): void {
    const used = this.usedTargetGroups();
    const configured = new Set(this.config?.targetGroups.map((group) => group.arn));
    for (const [arn, group] of this.groups) {
      if (configured.has(arn) || used.has(arn)) group.setUsed(used.has(arn));
      else {
        this.groups.delete(arn);
        group.close();
      }
    }
  }

  private usedTargetGroups(): Set<string> {
    const everywhere: ListenerRules[] = [
      this.wantedRules,
      ...[...this.nodes.values()].map((node) => node.current),
    ].flatMap((rules) => [...rules.values()]);
    return new Set(everywhere.flatMap(targetGroupsNamedBy));
  }

  private async bindListeners(config: LoadBalancerConfig): Promise<void> {
    const wanted = new Map<string, { address: string; listener: ListenerConfig }>();
    for (const { address } of config.nodes) {
      for (const listener of config.listeners) {
        wanted.set(`${listener.protocol} ${address} ${listener.port}`, { address, listener });
      }
    }
    for (const [key, listener] of this.listeners) {
      if (wanted.has(key)) continue;
      this.listeners.delete(key);
      // Requests in flight may take their time; a new listener on the same port need not wait for them.
      void listener.close();
    }
    const limits = {
      idleMs: this.pace.patience(config.idleTimeoutSeconds),
      clientKeepAliveMs: this.pace.milliseconds(config.clientKeepAliveSeconds),
    };
    for (const [key, { address, listener }] of wanted) {
      const known = this.listeners.get(key);
      if (known) {
        known.update(listener, limits);
        continue;
      }
      const opened = this.openListener(address, listener, limits);
      await opened.listen(`Load balancer ${config.name}`, address, listener.port + this.start.portOffset);
      this.listeners.set(key, opened);
    }
  }

  private openListener(
    address: string,
    listener: ListenerConfig,
    limits: { idleMs: number; clientKeepAliveMs: number },
  ): NodeListener {
    const entrance: Entrance = { rules: this.nodes.get(address) ?? new NodeRules(), listener };
    return new NodeListener(listener, limits, {
      connections: (change) => {
        this.counts.activeConnections += change;
      },
      request: (request, response) => {
        const found = this.route(entrance, request, () => response);
        if (!found) return;
        forwardRequest(request, response, found.target, this.clientConnection(listener), this.pace, found.onStatus);
      },
      webSocket: (request, socket, head) => {
        const found = this.route(entrance, request, () => responseOn(request, socket));
        if (!found) return;
        const limits = { pace: this.pace, idleMs: this.pace.patience(this.config?.idleTimeoutSeconds ?? 0) };
        forwardUpgrade(request, socket, head, found.target, this.clientConnection(listener), limits, found.onStatus);
      },
    });
  }

  /** The target for a request, or undefined when it has been answered here. */
  private route(
    entrance: Entrance,
    request: IncomingMessage,
    response: () => ServerResponse,
  ): { target: Target; onStatus: OnStatus } | undefined {
    const rules = entrance.rules.current.get(entrance.listener.port);
    const url = request.url ?? "/";
    const host = request.headers.host ?? "";
    const action: ActionConfig | undefined = rules && findAction(rules, host, url);
    switch (action?.type) {
      case "forward": {
        const arn = chooseByWeight(action.targetGroups, this.random)?.arn;
        // No failover: an empty group gets its share of requests, and they get 503 (aws-rules E22).
        const target = arn === undefined ? undefined : this.groups.get(arn)?.pick();
        if (!target || arn === undefined) break;
        return { target, onStatus: (status) => this.counts.request(arn, status) };
      }
      case "redirect": {
        const { protocol } = this.clientConnection(entrance.listener);
        const { port } = entrance.listener;
        const where = { protocol, hostHeader: host, url, port, portOffset: this.start.portOffset };
        answerRedirect(response(), action.statusCode, redirectLocation(action, where));
        return undefined;
      }
      case "fixed-response":
        answerFixed(response(), action);
        return undefined;
    }
    this.counts.ownError();
    answerError(response(), 503);
    return undefined;
  }

  private clientConnection(listener: ListenerConfig): { protocol: "http" | "https"; port: number } {
    return { protocol: listener.protocol === "HTTPS" ? "https" : "http", port: listener.port };
  }
}
