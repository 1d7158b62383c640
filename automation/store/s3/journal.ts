import pMap from "p-map";
import { UserError } from "../../../components/core/user-error";
import type { StoredEntry } from "../backend";
import type { S3Objects } from "./objects";

const FOLDER = "journal/";
const DIGITS = 5;
/** How many objects of a journal are read at the same time: a run has some dozens. */
const READ_AT_ONCE = 16;

/**
 * The journals of a bucket: one object for each entry, `journal/<deploy>/00001.json`. An object is there as a whole or
 * not at all, and is never written twice. A run that has ended has a copy of all its entries in one object,
 * `journal/<deploy>.ndjson`, because each object that is read costs a request. What counts are the entries.
 */
export class S3Journal {
  /** Number of the entry that this process writes next, by run. */
  readonly #next = new Map<string, number>();
  /** The entries that this process has written, by key. */
  readonly #written = new Map<string, string>();

  constructor(private readonly objects: S3Objects) {}

  async append(deploy: string, entry: string, assertMayFollow: (last: string) => void): Promise<void> {
    let number = this.#next.get(deploy) ?? (await this.#numberAfterLast(deploy, assertMayFollow));
    while ((await this.objects.put(keyOf(deploy, number), entry, null)) === null) {
      const existing = await this.#textOf(keyOf(deploy, number));
      // The same text means that this entry was written and only the answer was lost.
      if (existing === entry) break;
      assertMayFollow(existing);
      number++;
    }
    this.#next.set(deploy, number + 1);
    this.#written.set(keyOf(deploy, number), entry);
  }

  /** Writes the copy of a run's entries, unless there is one already. */
  async copy(deploy: string): Promise<void> {
    const keys = await this.#keys(deploy);
    const texts = await pMap(keys, (key) => this.#written.get(key) ?? this.#textOf(key), { concurrency: READ_AT_ONCE });
    await this.objects.put(copyOf(deploy), texts.map((text) => `${text}\n`).join(""), null);
  }

  async read(deploy: string): Promise<StoredEntry[] | null> {
    const [keys, copied] = await Promise.all([this.#keys(deploy), this.#copied(deploy)]);
    if (keys.length === 0) return null;
    // A run that was resumed after its end has more entries than its copy; of a journal that a person has cut off, it has fewer.
    return pMap(
      keys,
      async (key, index) => copied[index] ?? { text: await this.#textOf(key), address: this.objects.addressOf(key) },
      { concurrency: READ_AT_ONCE },
    );
  }

  /** All of the journal's entries; the copy beside them does not count. */
  address(deploy: string): string {
    return `all objects below ${this.objects.addressOf(folderOf(deploy))}`;
  }

  async deploys(): Promise<string[]> {
    const folders = await this.objects.list(FOLDER, "/");
    return folders.map((folder) => folder.slice(FOLDER.length, -1));
  }

  /** @throws UserError if an entry is missing between others */
  async #keys(deploy: string): Promise<string[]> {
    const keys = await this.objects.list(folderOf(deploy));
    const missing = keys.findIndex((key, index) => key !== keyOf(deploy, index + 1));
    if (missing < 0) return keys;
    throw new UserError(
      `${this.objects.addressOf(keyOf(deploy, missing + 1))} is missing: delete its newest version, which marks it as deleted, then try again`,
    );
  }

  async #copied(deploy: string): Promise<StoredEntry[]> {
    const { object } = await this.objects.get(copyOf(deploy));
    const lines = object?.text.split("\n").slice(0, -1) ?? [];
    const address = this.objects.addressOf(copyOf(deploy));
    return lines.map((text, index) => ({ text, address: `${address} line ${index + 1}` }));
  }

  async #numberAfterLast(deploy: string, assertMayFollow: (last: string) => void): Promise<number> {
    const last = (await this.objects.list(folderOf(deploy))).length;
    if (last > 0) assertMayFollow(await this.#textOf(keyOf(deploy, last)));
    return last + 1;
  }

  async #textOf(key: string): Promise<string> {
    return (await this.objects.get(key)).object?.text ?? "";
  }
}

function folderOf(deploy: string): string {
  return `${FOLDER}${deploy}/`;
}

function copyOf(deploy: string): string {
  return `${FOLDER}${deploy}.ndjson`;
}

function keyOf(deploy: string, number: number): string {
  return `${folderOf(deploy)}${String(number).padStart(DIGITS, "0")}.json`;
}
