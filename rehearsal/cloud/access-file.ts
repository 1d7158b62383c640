import { closeSync, openSync, writeSync } from "node:fs";
import type { Access } from "./api/authorisation";

/** Name of the file in the cloud's directory. */
export const ACCESS_FILE = "access.ndjson";

/**
 * Appends what roles were asked for to a file, each different request once, one JSON object per line. A line is there
 * before its request is answered, so that who reads the file after a command has all that the command asked for.
 */
export class AccessFile {
  readonly #descriptor: number;
  readonly #written = new Set<string>();

  constructor(path: string) {
    this.#descriptor = openSync(path, "a");
  }

  write(access: Access): void {
    // Each renewal of the lease has another ETag.
    const line = JSON.stringify(access, (key, value) => (key === "s3:if-match" ? "*" : value));
    if (this.#written.has(line)) return;
    this.#written.add(line);
    writeSync(this.#descriptor, `${line}\n`);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
