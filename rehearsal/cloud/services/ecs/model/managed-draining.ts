import type { CloudContext } from "../../../kernel/context";
import { settled } from "../../../kernel/settled";
import type { Group } from "../../autoscaling/model/group";
import type { HeldInstance } from "../../autoscaling/model/termination-hooks";
import type { CapacityProvider } from "./capacity-provider";
import type { Cluster } from "./cluster";
import type { ContainerInstance } from "./container-instance";

/** The hook that ECS puts on a linked group, and its heartbeat in AWS seconds (aws-rules C27). */
const HOOK = { name: "ecs-managed-draining-termination-hook", heartbeatSeconds: 3600 };
/** AWS seconds after which an instance is terminated even if tasks still run on it. */
const LONGEST_DRAIN_SECONDS = 48 * 3600;

interface Parts {
  context: CloudContext;
  clusters(): Cluster[];
  /** Calls the listener at each change of a cluster's tasks. Returns the unsubscribe function. */
  onChange(listener: () => void): () => void;
  /** Sets the instance to DRAINING, which stops the daemon tasks on it but not other tasks (C24). */
  drain(cluster: Cluster, host: ContainerInstance): void;
}

/**
 * Holds the terminating instances of linked groups until no task runs on them. If the link was removed before, or the
 * agent is disconnected, an instance stays in `Terminating:Wait` until the hook's heartbeat timeout (C28). An instance
 * that never joined is terminated at once; AWS does not document this case.
 */
export class ManagedDraining {
  readonly #parts: Parts;
  readonly #followed = new Set<Group>();
  readonly #closing = new AbortController();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Adds the hook to the group of a linked provider, or removes it if the provider has managed draining off. */
  follow(provider: CapacityProvider): void {
    const { group, managedDraining } = provider;
    if (!managedDraining) {
      group.hooks.remove(HOOK.name);
      return;
    }
    group.hooks.put(HOOK);
    if (this.#followed.has(group)) return;
    this.#followed.add(group);
    group.hooks.onHold((held) => {
      if (held.hook === HOOK.name) void this.#heard(group, held);
    });
  }

  close(): void {
    this.#closing.abort();
  }

  /** Auto Scaling tells ECS by an event, which takes its time. */
  async #heard(group: Group, held: HeldInstance): Promise<void> {
    const { clock, random, assumptions } = this.#parts.context;
    if (await clock.passes(random.within(assumptions.drainingEvent), this.#closing.signal)) this.#drain(group, held);
  }

  #drain(group: Group, held: HeldInstance): void {
    const cluster = this.#parts
      .clusters()
      .find(({ capacityProviders }) => capacityProviders.some((provider) => provider.group === group));
    if (!cluster) {
      this.#logUndrained(held, "its capacity provider is not linked to a cluster any more");
      return;
    }
    const host = cluster.instances.get(held.instanceId);
    if (!host) {
      group.hooks.complete(held);
      return;
    }
    if (host.capacityProviderName === undefined) {
      this.#logUndrained(held, "it joined the cluster before its group was linked to it");
      return;
    }
    if (!host.agentConnected) this.#logUndrained(held, "its agent is disconnected");
    host.tell(() => void this.#drainConnected(group, held, cluster, host));
  }

  async #drainConnected(group: Group, held: HeldInstance, cluster: Cluster, host: ContainerInstance): Promise<void> {
    group.hooks.keepAlive(held);
    this.#parts.drain(cluster, host);
    const { context, onChange } = this.#parts;
    const isEmpty = () => host.tasks.size === 0;
    await settled(context, onChange, isEmpty, LONGEST_DRAIN_SECONDS, this.#closing.signal);
    group.hooks.complete(held);
  }

  #logUndrained({ instanceId }: HeldInstance, reason: string): void {
    this.#parts.context.log(
      `instance ${instanceId} waits for ${HOOK.heartbeatSeconds / 60} minutes in Terminating:Wait, and ECS does not drain it: ${reason}`,
    );
  }
}
