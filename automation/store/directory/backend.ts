import { dirname, join } from "node:path";
import type { Holder, Lease } from "../../ports/store";
import type { NewestLease, StoreBackend, StoredEntry } from "../backend";
import { LEASE_TIMES, type LeaseTimes } from "../held-lease";
import { StackStore } from "../store";
import { createAtomically, makeFolder, readIfExists, replaceAtomically } from "./atomic-file";
import { DirectoryJournal } from "./journal";
import { acquireDirectoryLease, isHeld, newestDirectoryLease } from "./lease";
import { journalFolder } from "./paths";

/**
 * Opens the store in a directory.
 * @public loaded by require, which the search for unused exports does not see
 */
export function openDirectoryStore(directory: string): StackStore {
  return new StackStore(new DirectoryBackend(directory));
}

/**
 * A store in a directory: for one machine, or for several that share the directory. A record is the file of its name.
 */
export class DirectoryBackend implements StoreBackend {
  readonly remedy = "read it and move it away, then try again";
  readonly #journal: DirectoryJournal;

  /** @param now Unix milliseconds, on every machine that shares the directory */
  constructor(
    private readonly directory: string,
    private readonly now: () => number = Date.now,
    private readonly times: LeaseTimes = LEASE_TIMES,
  ) {
    this.#journal = new DirectoryJournal(journalFolder(directory));
  }

  read(name: string): Promise<string | null> {
    return readIfExists(this.addressOf(name));
  }

  async create(name: string, text: string): Promise<void> {
    await createAtomically(await this.#fileFor(name), text);
  }

  async replace(name: string, text: string): Promise<void> {
    await replaceAtomically(await this.#fileFor(name), text);
  }

  addressOf(name: string): string {
    return join(this.directory, name);
  }

  appendEntry(deploy: string, text: string, assertMayFollow: (last: string) => void): Promise<void> {
    return this.#journal.append(deploy, text, assertMayFollow);
  }

  readEntries(deploy: string): Promise<StoredEntry[] | null> {
    return this.#journal.read(deploy);
  }

  journalAddress(deploy: string): string {
    return this.#journal.address(deploy);
  }

  /** A journal is one file: there is nothing to copy. */
  async copyJournal(): Promise<void> {}

  deploys(): Promise<string[]> {
    return this.#journal.deploys();
  }

  acquireLease(holder: Holder): Promise<Lease> {
    return acquireDirectoryLease(this.directory, holder, { now: this.now, times: this.times });
  }

  async newestLease(): Promise<NewestLease | null> {
    const record = await newestDirectoryLease(this.directory);
    return record && { record, isHeld: isHeld(record, this.now()) };
  }

  async #fileFor(name: string): Promise<string> {
    const file = this.addressOf(name);
    await makeFolder(dirname(file));
    return file;
  }
}
