import { setMaxListeners } from "node:events";
import { type HeldChange, holdChange } from "../../../faults/change-faults";
import type { CloudContext } from "../../../kernel/context";
import { type Change, namesOf } from "./change-batch";
import type { HostedZone } from "./hosted-zone";
import { keyOf, targetOf } from "./record-set";

/** An accepted batch and its propagation to the name servers. */
export interface RecordChange {
  /** As in `C0123456789ABCDEFGHIJ`. */
  id: string;
  submittedAtMs: number;
  status: "PENDING" | "INSYNC";
  /** Resolves when every name server answers the new values. */
  inSync: Promise<void>;
}

/** Propagates accepted batches to the name servers, to each at a different moment (R5). */
export class RecordChanges {
  readonly #context: CloudContext;
  readonly #changes = new Map<string, RecordChange>();
  readonly #closing = new AbortController();
  /** The last propagation to each name server of a zone. The next one waits for it, so batches arrive in order. */
  readonly #latest = new Map<string, Promise<void>>();

  constructor(context: CloudContext) {
    this.#context = context;
    // Every change that is PENDING adds a listener.
    setMaxListeners(0, this.#closing.signal);
  }

  start(zone: HostedZone, batch: readonly Change[]): RecordChange {
    const change: RecordChange = {
      id: `C${this.#context.random.hex(20).toUpperCase()}`,
      submittedAtMs: Date.now(),
      status: "PENDING",
      inSync: Promise.resolve(),
    };
    this.#changes.set(change.id, change);
    this.#emit(batch, "pending", null);
    const held = holdChange(this.#context, namesOf(batch));
    const queued = zone.views.map((_, nameServer) => this.#queue(zone, nameServer, batch, held));
    change.inSync = Promise.all(queued).then(() => {
      change.status = "INSYNC";
      this.#emit(batch, "insync", null);
    });
    // The promise rejects when the cloud closes, and there may be no caller that waits for it.
    change.inSync.catch(() => undefined);
    return change;
  }

  find(id: string): RecordChange | undefined {
    return this.#changes.get(id);
  }

  close(): void {
    this.#closing.abort();
  }

  #queue(zone: HostedZone, nameServer: number, batch: readonly Change[], held: HeldChange | undefined): Promise<void> {
    const key = `${zone.id} ${nameServer}`;
    const propagation = this.#propagate(zone, nameServer, batch, this.#latest.get(key), held);
    this.#latest.set(key, propagation);
    return propagation;
  }

  async #propagate(
    zone: HostedZone,
    nameServer: number,
    batch: readonly Change[],
    earlier: Promise<void> | undefined,
    held: HeldChange | undefined,
  ): Promise<void> {
    const { clock, random, assumptions } = this.#context;
    const propagationSeconds = random.within(assumptions.recordSync);
    await clock.sleep(propagationSeconds, this.#closing.signal);
    await earlier;
    if (held && nameServer >= held.from) await held.released;
    const view = zone.views[nameServer];
    for (const { action, record } of batch) {
      if (action === "DELETE") view?.delete(keyOf(record));
      else view?.set(keyOf(record), record);
    }
    this.#emit(batch, "nameServer", nameServer);
  }

  #emit(batch: readonly Change[], state: "pending" | "nameServer" | "insync", nameServer: number | null): void {
    for (const { action, record } of batch) {
      const { name, type } = record;
      const target = action === "DELETE" ? "" : targetOf(record);
      this.#context.emit({ kind: "record", atMs: Date.now(), name, type, target, state, nameServer });
    }
  }
}
