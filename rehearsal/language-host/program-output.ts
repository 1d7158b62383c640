import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import type { OutputStream } from "./run-program";

/** Any two different numbers except 0: the engine joins the messages of one stream. */
const STREAM_IDS = { stdout: 1, stderr: 2 } as const;

/**
 * Sends what a program prints to the engine's log, which shows it. It sends one message at a time for each stream, so
 * that the order stays, and what is printed meanwhile together.
 */
export class ProgramOutput {
  readonly #client: EngineClient;
  readonly #waiting = { stdout: "", stderr: "" };
  readonly #sending = { stdout: Promise.resolve(), stderr: Promise.resolve() };

  constructor(engine: string) {
    this.#client = new EngineClient(engine, grpc.credentials.createInsecure());
  }

  write(stream: OutputStream, text: string): void {
    this.#waiting[stream] += text;
    this.#sending[stream] = this.#sending[stream].then(() => this.#sendLines(stream));
  }

  /** Sends the rest, also an incomplete line. */
  async flush(): Promise<void> {
    for (const stream of ["stdout", "stderr"] as const) {
      await this.#sending[stream];
      await this.#send(stream, this.#waiting[stream]);
      this.#waiting[stream] = "";
    }
  }

  close(): void {
    this.#client.close();
  }

  #sendLines(stream: OutputStream): Promise<void> {
    const end = this.#waiting[stream].lastIndexOf("\n") + 1;
    const lines = this.#waiting[stream].slice(0, end);
    this.#waiting[stream] = this.#waiting[stream].slice(end);
    return this.#send(stream, lines);
  }

  #send(stream: OutputStream, message: string): Promise<void> {
    if (message === "") return Promise.resolve();
    const request = new LogRequest().setSeverity(LogSeverity.INFO).setMessage(message).setStreamid(STREAM_IDS[stream]);
    return new Promise((resolve) => {
      // An engine that has gone shows nothing any more; the run ends for that reason anyway.
      this.#client.log(request, () => resolve());
    });
  }
}
