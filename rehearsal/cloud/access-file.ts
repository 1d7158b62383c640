import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import type { Access } from "./api/authorisation";

/** Name of the file in the cloud's directory. */
export const ACCESS_FILE = "access.ndjson";

/** Appends what roles were asked for to a file, each different request once, one JSON object per line. */
export class AccessFile {
  readonly #stream: WriteStream;
  readonly #written = new Set<string>();

  constructor(path: string) {
    this.#stream = createWriteStream(path, { flags: "a" });
  }

  write(access: Access): void {
    // Each renewal of the lease has another ETag.
    const line = JSON.stringify(access, (key, value) => (key === "s3:if-match" ? "*" : value));
    if (this.#written.has(line)) return;
    this.#written.add(line);
    this.#stream.write(`${line}\n`);
  }

  async close(): Promise<void> {
    this.#stream.end();
    await once(this.#stream, "close");
  }
}
