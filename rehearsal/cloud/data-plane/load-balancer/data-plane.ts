import { type RandomNumbers, seededRandom } from "../../../seeded-random";
import { Pace } from "./cloud-clock";
import { compileRules, type ListenerRules, targetGroupsNamedBy } from "./listener-rules";
import { type ClientSide, type ConnectionLimits, NodeListener } from "./node-listener";
import { NodeRules, type RulesByPort } from "./node-rules";
import { RequestRouter } from "./request-router";
import { TargetGroup, type TargetGroupEvents } from "./target-group";
import { TrafficCounts } from "./traffic-counts";
import type { ListenerConfig, LoadBalancerConfig, LoadBalancerStart, NodeConfig } from "./types";

/** One load balancer: takes whole configurations, serves requests in between. */
export class DataPlane {
  readonly counts: TrafficCounts;
  readonly #pace: Pace;
  /** Apart from the weighted choice's, so that how rules spread does not depend on how many requests came. */
  readonly #spread: RandomNumbers;
  readonly #choice: RandomNumbers;
  readonly #nodes = new Map<string, NodeRules>();
  readonly #listeners = new Map<string, NodeListener>();
  readonly #groups = new Map<string, TargetGroup>();
  #config: LoadBalancerConfig | undefined;
  #edition = 0;
  #ruleTexts = new Map<number, string>();
  #wantedRules: RulesByPort = new Map();
  #binding: Promise<void> = Promise.resolve();

  constructor(
    private readonly start: LoadBalancerStart,
    private readonly events: TargetGroupEvents,
  ) {
    this.#pace = new Pace(start.speed);
    this.counts = new TrafficCounts(this.#pace.milliseconds(60));
    this.#spread = seededRandom(start.seed);
    this.#choice = seededRandom(start.seed + 1);
  }

  /**
   * Targets and certificates change at once, rules node by node (aws-rules E24). Open connections stay.
   * @returns when every listener is bound and every node follows these rules or newer ones
   * @throws Error with one line for a person when a listener cannot be bound
   */
  async configure(config: LoadBalancerConfig): Promise<void> {
    this.#config = config;
    this.#takeRules(config);
    this.#updateNodes(config);
    this.#updateTargetGroups(config);
    const spreadMs = this.#pace.milliseconds(this.start.ruleSpreadSeconds);
    const followed = [...this.#nodes.values()].map(async (node) => {
      await node.follow(this.#wantedRules, this.#edition, () => this.#spread() * spreadMs);
      this.#settleTargetGroups();
    });
    const bound = this.#binding.then(() => this.#bindListeners(config));
    this.#binding = bound.catch(() => undefined);
    await Promise.all([bound, ...followed]);
  }

  /** Takes no new connection and returns when the requests in flight have ended. */
  async stop(): Promise<void> {
    await this.#binding;
    for (const node of this.#nodes.values()) node.close();
    await Promise.all([...this.#listeners.values()].map((listener) => listener.close()));
    for (const group of this.#groups.values()) group.close();
  }

  /** Compiles what changed; the rules of the other listeners stay the same objects. */
  #takeRules(config: LoadBalancerConfig): void {
    const wanted = new Map<number, ListenerRules>();
    const texts = new Map<number, string>();
    for (const listener of config.listeners) {
      const text = JSON.stringify([listener.rules, listener.defaultAction]);
      const known = this.#ruleTexts.get(listener.port) === text ? this.#wantedRules.get(listener.port) : undefined;
      texts.set(listener.port, text);
      wanted.set(listener.port, known ?? compileRules(listener));
    }
    if (sameEntries(texts, this.#ruleTexts)) return;
    this.#edition += 1;
    this.#ruleTexts = texts;
    this.#wantedRules = wanted;
  }

  #updateNodes(config: LoadBalancerConfig): void {
    const addresses = new Set(config.nodes.map((node) => node.address));
    for (const [address, node] of this.#nodes) {
      if (addresses.has(address)) continue;
      node.close();
      this.#nodes.delete(address);
    }
    for (const address of addresses) if (!this.#nodes.has(address)) this.#nodes.set(address, new NodeRules());
  }

  #updateTargetGroups(config: LoadBalancerConfig): void {
    const used = this.#usedTargetGroups();
    for (const group of config.targetGroups) {
      let known = this.#groups.get(group.arn);
      if (!known) {
        known = new TargetGroup(group, this.#pace, this.events);
        this.#groups.set(group.arn, known);
      }
      known.update(group, used.has(group.arn), config.idleTimeoutSeconds);
    }
    this.#settleTargetGroups();
  }

  /** A group is used, and stays, as long as one node still follows a rule that names it. */
  #settleTargetGroups(): void {
    const used = this.#usedTargetGroups();
    const configured = new Set(this.#config?.targetGroups.map((group) => group.arn));
    for (const [arn, group] of this.#groups) {
      if (configured.has(arn) || used.has(arn)) group.setUsed(used.has(arn));
      else {
        this.#groups.delete(arn);
        group.close();
      }
    }
  }

  #usedTargetGroups(): Set<string> {
    const everywhere: ListenerRules[] = [
      this.#wantedRules,
      ...[...this.#nodes.values()].map((node) => node.current),
    ].flatMap((rules) => [...rules.values()]);
    return new Set(everywhere.flatMap(targetGroupsNamedBy));
  }

  async #bindListeners(config: LoadBalancerConfig): Promise<void> {
    const wanted = new Map<string, { node: NodeConfig; listener: ListenerConfig }>();
    const lost = new Set(config.nodes.filter((node) => node.lost).map(({ address }) => address));
    for (const node of config.nodes.filter(({ address }) => !lost.has(address))) {
      for (const listener of config.listeners) {
        wanted.set(`${listener.protocol} ${node.address} ${listener.port}`, { node, listener });
      }
    }
    for (const [key, listener] of this.#listeners) {
      if (wanted.has(key)) continue;
      this.#listeners.delete(key);
      // Requests in flight may take their time; a new listener on the same port need not wait for them.
      if (!lost.has(listener.address)) void listener.close();
      else listener.cut();
    }
    const limits = {
      idleMs: this.#pace.patience(config.idleTimeoutSeconds),
      clientKeepAliveMs: this.#pace.milliseconds(config.clientKeepAliveSeconds),
    };
    const { insideAddress } = this.start;
    for (const [key, { node, listener }] of wanted) {
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
    clients: ClientSide,
  ): NodeListener {
    const connection = { protocol: listener.protocol === "HTTPS" ? "https" : "http", port: listener.port } as const;
    const entrance = new RequestRouter(connection, this.#nodes.get(address) ?? new NodeRules(), {
      groups: this.#groups,
      counts: this.counts,
      random: this.#choice,
      pace: this.#pace,
      portOffset: this.start.portOffset,
    });
    return new NodeListener(listener, limits, clients, entrance, this.counts);
  }
}

function sameEntries<K, V>(one: ReadonlyMap<K, V>, other: ReadonlyMap<K, V>): boolean {
  return one.size === other.size && [...one].every(([key, value]) => other.get(key) === value);
}
