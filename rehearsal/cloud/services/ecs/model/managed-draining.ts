import type { CloudContext } from "../../../kernel/context";
import { settled } from "../../../kernel/settled";
import type { Group } from "../../autoscaling/model/group";
import type { HeldInstance } from "../../autoscaling/model/termination-hooks";
import type { CapacityProvider } from "./capacity-provider";
import type { Cluster } from "./cluster";
import type { ContainerInstance } from "./container-instance";

/** The hook that ECS puts on a linked group, and its heartbeat in AWS seconds (aws-rules C27). */
const HOOK = { name: "ecs-managed-draining-termination-hook", heartbeatSeconds: 3600 };
/** After this an instance goes whatever runs on it. AWS seconds. */
const LONGEST_DRAIN_SECONDS = 48 * 3600;

interface Parts {
  context: CloudContext;
  clusters(): Cluster[];
  /** Called at each change of a cluster's tasks. Returns the unsubscribe function. */
  onChange(listener: () => void): () => void;
  /** Sets DRAINING: daemon tasks are stopped on it, others are left alone (C24). */
  drain(cluster: Cluster, host: ContainerInstance): void;
}

/**
 * Holds the instances of linked groups that are to be terminated until no task is left on them. Whoever removes the link first, or a lost agent,
 * leaves them in `Terminating:Wait` until the hook's heartbeat is over (C28). An instance that never joined has nothing to drain and goes at once;
 * AWS does not say what it does then.
 */
export class ManagedDraining {
  readonly #parts: Parts;
  readonly #followed = new Set<Group>();
  readonly #closing = new AbortController();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Puts the hook on the group of a linked provider, or takes it away, as the provider says. */
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
      if (held.hook === HOOK.name) void this.#drain(group, held);
    });
  }

  close(): void {
    this.#closing.abort();
  }

  async #drain(group: Group, held: HeldInstance): Promise<void> {
    const cluster = this.#parts
      .clusters()
      .find(({ capacityProviders }) => capacityProviders.some((provider) => provider.group === group));
    if (!cluster) {
      this.#leave(held, "its capacity provider is linked to no cluster any more");
      return;
    }
    const host = cluster.instances.get(held.instanceId);
    if (!host) {
      group.hooks.complete(held);
      return;
    }
    if (!host.agentConnected) {
      this.#leave(held, "its agent is disconnected");
      return;
    }
    if (host.capacityProviderName === undefined) {
      this.#leave(held, "it joined the cluster before its group was linked to it");
      return;
    }
    group.hooks.keepAlive(held);
    this.#parts.drain(cluster, host);
    const { context, onChange } = this.#parts;
    const isEmpty = () => host.tasks.size === 0;
    await settled(context, onChange, isEmpty, LONGEST_DRAIN_SECONDS, this.#closing.signal);
    group.hooks.complete(held);
  }

  #leave({ instanceId }: HeldInstance, why: string): void {
    this.#parts.context.log(
      `instance ${instanceId} waits for ${HOOK.heartbeatSeconds / 60} minutes in Terminating:Wait, and nobody drains it: ${why}`,
    );
  }
}
