import { createWriteStream, type WriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { sampleLine } from "./sample-line";
import type { DnsSample, OpenStreamSample, RequestSample } from "./types";

const FLUSH_INTERVAL_MS = 100;

/** Writes samples to a file, one on each line, in batches, so that the disk does not delay the open loop. */
export class Recorder {
  readonly #file: WriteStream;
  readonly #written: Promise<void>;
  readonly #timer: NodeJS.Timeout;
  #lines: string[] = [];

  /** @param failed called when the file cannot be written */
  constructor(path: string, failed: (error: Error) => void) {
    this.#file = createWriteStream(path);
    this.#written = finished(this.#file);
    this.#written.catch(failed);
    this.#timer = setInterval(() => this.#flush(), FLUSH_INTERVAL_MS);
  }

  add(sample: RequestSample | DnsSample | OpenStreamSample): void {
    this.#lines.push(sampleLine(sample));
  }

  /** Resolves when the file is complete. */
  close(): Promise<void> {
    clearInterval(this.#timer);
    this.#flush();
    this.#file.end();
    return this.#written;
  }

  #flush(): void {
    if (this.#lines.length === 0) return;
    this.#file.write(`${this.#lines.join("\n")}\n`);
    this.#lines = [];
  }
}
