import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import type { CloudEvent } from "./events";

/** Appends each event of the cloud to a file, one JSON object per line. */
export class EventFile {
  readonly #stream: WriteStream;

  constructor(readonly path: string) {
    this.#stream = createWriteStream(path, { flags: "a" });
  }

  write(event: CloudEvent): void {
    this.#stream.write(`${JSON.stringify(event)}\n`);
  }

  async close(): Promise<void> {
    this.#stream.end();
    await once(this.#stream, "close");
  }
}
