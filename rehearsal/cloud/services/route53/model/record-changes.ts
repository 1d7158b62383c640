import { setMaxListeners } from "node:events";
import { type HeldChange, holdChange } from "../../../faults/change-faults";
import type { CloudContext } from "../../../kernel/context";
import { type Change, namesOf } from "./change-batch";
import type { HostedZone } from "./hosted-zone";
import { keyOf, targetOf } from "./record-set";

/** AWS seconds after which a name server takes a change, drawn for each. AWS says usually within 60 (R5). */
const PROPAGATION_SECONDS = { min: 5, max: 30 };

/** A batch on its way to the name servers. */
export interface RecordChange {
  /** As in `C0123456789ABCDEFGHIJ`. */
  id: string;
  submittedAtMs: number;
  status: "PENDING" | "INSYNC";
  /** Resolves when every name server answers the new values. */
  inSync: Promise<void>;
}

/** Carries accepted batches to the name servers, each at its own moment (R5). */
export class RecordChanges {
  readonly #context: CloudContext;
  readonly #changes = new Map<string, RecordChange>();
  readonly #closing = new AbortController();
  /** The last batch on its way to a name server of a zone: batches arrive in order. */
  readonly #latest = new Map<string, Promise<void>>();

  constructor(context: CloudContext) {
    this.#context = context;
    // Each change on its way listens to it, however many there are.
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
    this.#tell(batch, "pending", null);
    const held = holdChange(this.#context, namesOf(batch));
    const queued = zone.views.map((_, nameServer) => this.#queue(zone, nameServer, batch, held));
    change.inSync = Promise.all(queued).then(() => {
      change.status = "INSYNC";
      this.#tell(batch, "insync", null);
    });
    // A cloud that closes leaves changes behind; nobody may be waiting for them.
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
    const carried = this.#carry(zone, nameServer, batch, this.#latest.get(key), held);
    this.#latest.set(key, carried);
    return carried;
  }

  async #carry(
    zone: HostedZone,
    nameServer: number,
    batch: readonly Change[],
    earlier: Promise<void> | undefined,
    held: HeldChange | undefined,
  ): Promise<void> {
    const { clock, random } = this.#context;
    const travelSeconds = random.between(PROPAGATION_SECONDS.min, PROPAGATION_SECONDS.max);
    await clock.sleep(travelSeconds, this.#closing.signal);
    await earlier;
    if (held && nameServer >= held.from) await held.released;
    const view = zone.views[nameServer];
    for (const { action, record } of batch) {
      if (action === "DELETE") view?.delete(keyOf(record));
      else view?.set(keyOf(record), record);
    }
    this.#tell(batch, "nameServer", nameServer);
  }

  #tell(batch: readonly Change[], state: "pending" | "nameServer" | "insync", nameServer: number | null): void {
    for (const { action, record } of batch) {
      const { name, type } = record;
      const target = action === "DELETE" ? "" : targetOf(record);
      this.#context.emit({ kind: "record", atMs: Date.now(), name, type, target, state, nameServer });
    }
  }
}
