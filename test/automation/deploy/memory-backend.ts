import { type Holder, type Lease, LeaseHeldError, type LeaseRecord } from "../../../automation/ports/store";
import type { NewestLease, StoreBackend, StoredEntry } from "../../../automation/store/backend";
import { HeldLease, LEASE_TIMES, type Renewal } from "../../../automation/store/held-lease";

/** A store of one process, which keeps its texts in memory: a file system takes most of the time of a test that deploys a thousand times. */
export class MemoryBackend implements StoreBackend {
  readonly remedy = "begin a new test";
  readonly #records = new Map<string, string>();
  readonly #journals = new Map<string, string[]>();
  #lease: LeaseRecord | null = null;

  /** @param now Unix milliseconds */
  constructor(private readonly now: () => number) {}

  async read(name: string): Promise<string | null> {
    return this.#records.get(name) ?? null;
  }

  async create(name: string, text: string): Promise<void> {
    if (!this.#records.has(name)) this.#records.set(name, text);
  }

  async replace(name: string, text: string): Promise<void> {
    this.#records.set(name, text);
  }

  addressOf(name: string): string {
    return `memory:${name}`;
  }

  async appendEntry(deploy: string, text: string, assertMayFollow: (last: string) => void): Promise<void> {
    const entries = this.#journals.get(deploy) ?? [];
    const last = entries.at(-1);
    if (last !== undefined) assertMayFollow(last);
    this.#journals.set(deploy, [...entries, text]);
  }

  async readEntries(deploy: string): Promise<StoredEntry[] | null> {
    const entries = this.#journals.get(deploy);
    return entries?.map((text, index) => ({ text, address: this.addressOf(`${deploy}/${index + 1}`) })) ?? null;
  }

  journalAddress(deploy: string): string {
    return this.addressOf(deploy);
  }

  async copyJournal(): Promise<void> {}

  async deploys(): Promise<string[]> {
    return [...this.#journals.keys()];
  }

  async acquireLease(holder: Holder): Promise<Lease> {
    const before = this.#lease;
    if (before && this.#isHeld(before)) throw new LeaseHeldError(before);
    const fencing = (before?.fencing ?? 0) + 1;
    const sinceMs = this.now();
    this.#lease = { holder, fencing, sinceMs, expiresAtMs: sinceMs + LEASE_TIMES.leaseMs, releasedAtMs: null };
    const keeper = { renew: async () => this.#renew(fencing), release: async () => this.#release(fencing) };
    return new HeldLease(fencing, keeper, LEASE_TIMES, performance.now());
  }

  async newestLease(): Promise<NewestLease | null> {
    return this.#lease && { record: this.#lease, isHeld: this.#isHeld(this.#lease) };
  }

  #isHeld({ releasedAtMs, expiresAtMs }: LeaseRecord): boolean {
    return releasedAtMs === null && expiresAtMs > this.now();
  }

  #renew(fencing: number): Renewal {
    const nowMs = this.now();
    if (this.#lease?.fencing !== fencing) return { lostTo: this.#lease };
    if (this.#lease.expiresAtMs <= nowMs) return { lostTo: null };
    this.#lease = { ...this.#lease, expiresAtMs: nowMs + LEASE_TIMES.leaseMs };
    return "kept";
  }

  #release(fencing: number): void {
    if (this.#lease?.fencing === fencing) this.#lease = { ...this.#lease, releasedAtMs: this.now() };
  }
}
