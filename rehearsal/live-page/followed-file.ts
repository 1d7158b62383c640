import { open } from "node:fs/promises";

/**
 * A file that another process writes line by line; each read gives the lines that were completed since the last one.
 */
export class FollowedFile {
  readonly #path: string;
  #offset = 0;
  /** The bytes after the last line feed so far. */
  #rest = Buffer.alloc(0);

  constructor(path: string) {
    this.#path = path;
  }

  /** The lines that were completed since the last call; empty while the file does not exist. */
  async newLines(): Promise<string[]> {
    const file = await open(this.#path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return null;
      throw error;
    });
    if (!file) return [];
    try {
      const { size } = await file.stat();
      const { bytesRead, buffer } = await file.read(Buffer.alloc(size - this.#offset), 0, null, this.#offset);
      this.#offset += bytesRead;
      const known = Buffer.concat([this.#rest, buffer.subarray(0, bytesRead)]);
      const end = known.lastIndexOf("\n") + 1;
      this.#rest = known.subarray(end);
      return known.subarray(0, end).toString("utf8").split("\n").filter(Boolean);
    } finally {
      await file.close();
    }
  }
}
