import { type RandomNumbers, seededRandom } from "../../../seeded-random";
import { CloudClock } from "../../kernel/clock";
import { AccessLog } from "./access-log";
import { drawDelays } from "./delays";
import { compileRules, type ListenerRules, targetGroupsNamedBy } from "./listener-rules";
import { type AllowedClients, type ConnectionLimits, NodeListener } from "./node-listener";
import { NodeRules, type RulesByPort } from "./node-rules";
import { NodeTargets, type RoutableTargets } from "./node-targets";
import { RequestRouter, type RoutingNode } from "./request-router";
import type { Target } from "./target";
import { type DataPlaneReports, TargetGroup } from "./target-group";
import { idleLimitMs } from "./time-limit";
import { TrafficCounts } from "./traffic-counts";
import type { ListenerConfig, LoadBalancerConfig, LoadBalancerStart, NodeConfig } from "./types";

/** One load balancer: it applies whole configurations and serves requests meanwhile. */
export class DataPlane {
  readonly counts: TrafficCounts;
  readonly accessLog = new AccessLog();
  readonly #clock: CloudClock;
  /**
   * Separate from the other random numbers, so that the rule spread does not depend on the number of requests or of
   * health checks.
   */
  readonly #ruleRandom: RandomNumbers;
  readonly #choiceRandom: RandomNumbers;
  readonly #targetRandom: RandomNumbers;
  readonly #nodes = new Map<string, RoutingNode>();
  readonly #listeners = new Map<string, NodeListener>();
  readonly #groups = new Map<string, TargetGroup>();
  #config: LoadBalancerConfig | undefined;
  #rulesVersion = 0;
  #followedVersion = -1;
  #ruleTexts = new Map<number, string>();
  #desiredRules: RulesByPort = new Map();
  #targetsVersion = 0;
  /** The newest targets of each target group, by its ARN. Nodes may still know older ones. */
  readonly #routable = new Map<string, RoutableTargets>();
  #binding: Promise<void> = Promise.resolve();

  constructor(
    private readonly start: LoadBalancerStart,
    private readonly reports: DataPlaneReports,
  ) {
    this.#clock = new CloudClock(start.speed);
    this.counts = new TrafficCounts(this.#clock.realMs(60));
    this.#ruleRandom = seededRandom(start.seed);
    this.#choiceRandom = seededRandom(start.seed + 1);
    this.#targetRandom = seededRandom(start.seed + 2);
  }

  /**
   * Applies a configuration. Certificates change at once, rules and targets node by node (aws-rules E24). Open
   * connections stay open. Resolves when every listener is bound and every node follows these rules or newer ones.
   * @throws Error with a message of one line when a listener cannot be bound
   */
  async configure(config: LoadBalancerConfig): Promise<void> {
    this.#config = config;
    this.accessLog.loadBalancer = config.accessLogName;
    this.#compileChangedRules(config);
    this.#updateNodes(config);
    this.#updateTargetGroups(config);
    const followed = this.#followRules();
    const bound = this.#binding.then(() => this.#bindListeners(config));
    this.#binding = bound.catch(() => undefined);
    await Promise.all([bound, ...followed]);
  }

  /**
   * Lets every node follow the desired rules, each after a delay of its own. A node that follows new rules knows the
   * targets that their groups had when the rules changed. That is our assumption: AWS says nothing about the order.
   */
  #followRules(): Promise<void>[] {
    const rules = this.#desiredRules;
    const version = this.#rulesVersion;
    const named = new Set([...rules.values()].flatMap(targetGroupsNamedBy));
    const targets = [...this.#routable].filter(([arn]) => named.has(arn));
    const delays = version === this.#followedVersion ? [] : this.#drawDelays(this.#ruleRandom);
    this.#followedVersion = version;
    return [...this.#nodes].map(async ([address, node], index) => {
      const onFollow = (isLate: boolean) => {
        node.targets.learnNow(targets);
        if (isLate) this.reports.ruleFollowed(address);
      };
      await node.rules.follow({ rules, version, delayMs: delays[index] ?? 0, onFollow });
      this.#removeUnusedTargetGroups();
    });
  }

  /** Tells every node a group's targets. Resolves when all of them know these targets or newer ones. */
  async #publish(targetGroupArn: string, targets: readonly Target[]): Promise<void> {
    const routable = { version: ++this.#targetsVersion, targets };
    this.#routable.set(targetGroupArn, routable);
    const delays = this.#drawDelays(this.#targetRandom);
    const nodes = [...this.#nodes.values()];
    await Promise.all(nodes.map((node, index) => node.targets.learn(targetGroupArn, routable, delays[index]!)));
  }

  #drawDelays(random: RandomNumbers): number[] {
    const spreadSeconds = this.start.spreadSeconds * (this.#config?.spreadShare ?? 1);
    return drawDelays(this.#nodes.size, this.#clock.realMs(spreadSeconds), random);
  }

  /** Refuses new connections; resolves when the requests in flight have ended. */
  async stop(): Promise<void> {
    await this.#binding;
    for (const node of this.#nodes.values()) closeNode(node);
    await Promise.all([...this.#listeners.values()].map((listener) => listener.close()));
    for (const group of this.#groups.values()) group.close();
  }

  /** Compiles the rules of the listeners that changed. The rules of the others stay the same objects. */
  #compileChangedRules(config: LoadBalancerConfig): void {
    const desired = new Map<number, ListenerRules>();
    const texts = new Map<number, string>();
    for (const listener of config.listeners) {
      const text = JSON.stringify([listener.rules, listener.defaultAction]);
      const known = this.#ruleTexts.get(listener.port) === text ? this.#desiredRules.get(listener.port) : undefined;
      texts.set(listener.port, text);
      desired.set(listener.port, known ?? compileRules(listener));
    }
    if (sameEntries(texts, this.#ruleTexts)) return;
    this.#rulesVersion += 1;
    this.#ruleTexts = texts;
    this.#desiredRules = desired;
  }

  #updateNodes(config: LoadBalancerConfig): void {
    const addresses = new Set(config.nodes.map((node) => node.address));
    for (const [address, node] of this.#nodes) {
      if (addresses.has(address)) continue;
      closeNode(node);
      this.#nodes.delete(address);
    }
    for (const address of addresses) if (!this.#nodes.has(address)) this.#nodes.set(address, this.#newNode());
  }

  /** A new node starts with what all others are to know. */
  #newNode(): RoutingNode {
    const node = { rules: new NodeRules(), targets: new NodeTargets() };
    node.targets.learnNow(this.#routable);
    return node;
  }

  #updateTargetGroups(config: LoadBalancerConfig): void {
    const used = this.#usedTargetGroups();
    for (const group of config.targetGroups) {
      let known = this.#groups.get(group.arn);
      if (!known) {
        known = new TargetGroup(group, this.#clock, {
          ...this.reports,
          routable: (targets) => this.#publish(group.arn, targets),
        });
        this.#groups.set(group.arn, known);
        void this.#publish(group.arn, []);
      }
      known.update(group, used.has(group.arn), config.idleTimeoutSeconds);
    }
    this.#removeUnusedTargetGroups();
  }

  /**
   * Removes the groups that are not configured any more. A group stays, and is in use, while a node follows a rule
   * that names it.
   */
  #removeUnusedTargetGroups(): void {
    const used = this.#usedTargetGroups();
    const configured = new Set(this.#config?.targetGroups.map((group) => group.arn));
    for (const [arn, group] of this.#groups) {
      if (configured.has(arn) || used.has(arn)) group.setUsed(used.has(arn));
      else {
        this.#groups.delete(arn);
        this.#routable.delete(arn);
        for (const node of this.#nodes.values()) node.targets.forget(arn);
        group.close();
      }
    }
  }

  #usedTargetGroups(): Set<string> {
    const allRules: ListenerRules[] = [
      this.#desiredRules,
      ...[...this.#nodes.values()].map((node) => node.rules.current),
    ].flatMap((rules) => [...rules.values()]);
    return new Set(allRules.flatMap(targetGroupsNamedBy));
  }

  async #bindListeners(config: LoadBalancerConfig): Promise<void> {
    const desired = new Map<string, { node: NodeConfig; listener: ListenerConfig }>();
    const lost = new Set(config.nodes.filter((node) => node.lost).map(({ address }) => address));
    for (const node of config.nodes.filter(({ address }) => !lost.has(address))) {
      for (const listener of config.listeners) {
        desired.set(`${listener.protocol} ${node.address} ${listener.port}`, { node, listener });
      }
    }
    for (const [key, listener] of this.#listeners) {
      if (desired.has(key)) continue;
      this.#listeners.delete(key);
      // A new listener on the same port does not wait for the requests in flight.
      if (!lost.has(listener.address)) void listener.close();
      else listener.destroy();
    }
    const limits = {
      idleMs: idleLimitMs(this.#clock, config.idleTimeoutSeconds),
      keepAliveMs: config.idleTimeoutSeconds * 1000,
      clientKeepAliveMs: this.#clock.realMs(config.clientKeepAliveSeconds),
    };
    const { insideAddress } = this.start;
    for (const [key, { node, listener }] of desired) {
      const { address } = node;
      const clients = { internet: node.internet && listener.internet, insideAddress };
      const known = this.#listeners.get(key);
      if (known) {
        known.update(listener, limits, clients);
        continue;
      }
      const opened = this.#openListener(address, listener, limits, clients);
      await opened.listen(`Load balancer ${config.name}`, address, listener.port + this.start.portOffset);
      this.#listeners.set(key, opened);
    }
  }

  #openListener(
    address: string,
    listener: ListenerConfig,
    limits: ConnectionLimits,
    clients: AllowedClients,
  ): NodeListener {
    const connection = { protocol: listener.protocol === "HTTPS" ? "https" : "http", port: listener.port } as const;
    const router = new RequestRouter(connection, address, this.#nodes.get(address) ?? this.#newNode(), {
      accessLog: this.accessLog,
      counts: this.counts,
      random: this.#choiceRandom,
      clock: this.#clock,
      dropsInvalidHeaders: () => this.#config?.dropInvalidHeaderFields ?? false,
      portOffset: this.start.portOffset,
    });
    return new NodeListener(listener, limits, clients, router, this.counts);
  }
}

function closeNode({ rules, targets }: RoutingNode): void {
  rules.close();
  targets.close();
}

function sameEntries<K, V>(one: ReadonlyMap<K, V>, other: ReadonlyMap<K, V>): boolean {
  return one.size === other.size && [...one].every(([key, value]) => other.get(key) === value);
}
