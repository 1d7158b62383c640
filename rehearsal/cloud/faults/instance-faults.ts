import type { CloudContext } from "../kernel/context";
import type { ActiveFault, Faults } from "../kernel/faults";

/** A machine on which a task runs, with the properties by which a fault chooses it. */
interface FaultyInstance {
  instanceId: string;
  service: string;
  colour: string | undefined;
  release: string | undefined;
}

/** What faults do to machines. */
export interface InstanceMishaps {
  /** The machines in service on which a task runs, the oldest first. */
  serving(): FaultyInstance[];
  /** Calls the listener when other machines may serve. Returns the unsubscribe function. */
  onChange(listener: () => void): () => void;
  /** Its hardware fails. */
  lose(instanceId: string): void;
  /** Its operating system shuts down. */
  interrupt(instanceId: string): void;
  /** Auto Scaling launches a machine, then terminates this one. */
  rebalance(instanceId: string): void;
  disconnectAgent(instanceId: string): void;
  /** Does nothing for a machine that is gone. */
  connectAgent(instanceId: string): void;
}

type InstanceFault = ActiveFault<"loseInstance" | "loseAgent" | "spotInterruption" | "rebalance">;

const KINDS = ["loseInstance", "loseAgent", "spotInterruption", "rebalance"] as const;

/** Injects faults into machines as soon as there is one that they mean, the oldest first. */
export class InstanceFaults {
  readonly #context: CloudContext;
  readonly #faults: Faults;
  readonly #mishaps: InstanceMishaps;
  readonly #unsubscribe: (() => void)[];
  readonly #closing = new AbortController();
  /** No machine is struck twice: the second fault would take no effect. */
  readonly #struck = new Set<string>();

  constructor(context: CloudContext, faults: Faults, mishaps: InstanceMishaps) {
    this.#context = context;
    this.#faults = faults;
    this.#mishaps = mishaps;
    const update = () => this.#update();
    this.#unsubscribe = [faults.onChange(update), mishaps.onChange(update)];
  }

  close(): void {
    this.#closing.abort();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }

  #update(): void {
    const active = KINDS.flatMap((kind): InstanceFault[] => this.#faults.ofKind(kind));
    if (active.length === 0) return;
    const serving = this.#mishaps.serving();
    for (const fault of active) {
      for (const instance of serving.filter((one) => means(fault.parameters, one))) {
        if (this.#struck.has(instance.instanceId)) continue;
        // Before the injection: a fault ends with its last one, and its end calls this method again.
        this.#struck.add(instance.instanceId);
        if (this.#faults.injectOne(fault, nameOf(instance))) this.#inject(fault, instance.instanceId);
        else this.#struck.delete(instance.instanceId);
      }
    }
  }

  #inject(fault: InstanceFault, instanceId: string): void {
    switch (fault.kind) {
      case "loseInstance":
        this.#mishaps.lose(instanceId);
        break;
      case "rebalance":
        this.#mishaps.rebalance(instanceId);
        break;
      case "loseAgent":
        this.#mishaps.disconnectAgent(instanceId);
        fault.ended.signal.addEventListener("abort", () => this.#connectAgain(instanceId), { once: true });
        break;
      case "spotInterruption":
        void this.#interrupt(instanceId, (fault as ActiveFault<"spotInterruption">).parameters.noticeSeconds);
    }
  }

  #connectAgain(instanceId: string): void {
    this.#struck.delete(instanceId);
    if (!this.#closing.signal.aborted) this.#mishaps.connectAgent(instanceId);
  }

  async #interrupt(instanceId: string, noticeSeconds: number): Promise<void> {
    const { clock, log } = this.#context;
    log(`instance ${instanceId}: EC2 interrupts it in ${noticeSeconds} s`);
    if (await clock.passes(noticeSeconds, this.#closing.signal)) this.#mishaps.interrupt(instanceId);
  }
}

function means(
  parameters: { service?: string | undefined; colour?: string | undefined; release?: string | undefined },
  instance: FaultyInstance,
): boolean {
  return (["service", "colour", "release"] as const).every(
    (key) => parameters[key] === undefined || parameters[key] === instance[key],
  );
}

function nameOf({ instanceId, service, colour = "", release = "" }: FaultyInstance): string {
  return ["instance", instanceId, "of", service, colour, release].filter((word) => word !== "").join(" ");
}
