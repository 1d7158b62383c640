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
 * not at all, and is never written twice.
 */
export class S3Journal {
  /** Number of the entry that this process writes next, by run. */
  readonly #next = new Map<string, number>();

  constructor(private readonly objects: S3Objects) {}

  async append(deploy: string, entry: string, assertMayFollow: (last: string) => void): Promise<void> {
    let number = this.#next.get(deploy) ?? (await this.#numberAfterLast(deploy, assertMayFollow));
    while ((await this.objects.put(keyOf(deploy, number), entry, null)) === null) {
      const existing = await this.#textAt(deploy, number);
      // The same text means that this entry was written and only the answer was lost.
      if (existing === entry) break;
      assertMayFollow(existing);
      number++;
    }
    this.#next.set(deploy, number + 1);
  }

  async read(deploy: string): Promise<StoredEntry[] | null> {
    const keys = await this.objects.list(folderOf(deploy));
    if (keys.length === 0) return null;
    const missing = keys.findIndex((key, index) => key !== keyOf(deploy, index + 1));
    if (missing >= 0) {
      throw new UserError(
        `${this.objects.addressOf(keyOf(deploy, missing + 1))} is missing: delete its newest version, which marks it as deleted, then try again`,
      );
    }
    return pMap(
      keys,
      async (key, index) => ({ text: await this.#textAt(deploy, index + 1), address: this.objects.addressOf(key) }),
      { concurrency: READ_AT_ONCE },
    );
  }

  async deploys(): Promise<string[]> {
    const folders = await this.objects.list(FOLDER, "/");
    return folders.map((folder) => folder.slice(FOLDER.length, -1));
  }

  async #numberAfterLast(deploy: string, assertMayFollow: (last: string) => void): Promise<number> {
    const last = (await this.objects.list(folderOf(deploy))).length;
    if (last > 0) assertMayFollow(await this.#textAt(deploy, last));
    return last + 1;
  }

  async #textAt(deploy: string, number: number): Promise<string> {
    return (await this.objects.get(keyOf(deploy, number))).object?.text ?? "";
  }
}

function folderOf(deploy: string): string {
  return `${FOLDER}${deploy}/`;
}

function keyOf(deploy: string, number: number): string {
  return `${folderOf(deploy)}${String(number).padStart(DIGITS, "0")}.json`;
}
