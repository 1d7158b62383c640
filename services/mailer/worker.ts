import { setTimeout as sleep } from "node:timers/promises";
import type { JobQueue, Message } from "./job-queue";

/** How long a stopped worker waits for messages that the queue is handing out: a message that is cut off comes back only after its visibility timeout. */
const RECEIVE_GRACE_MS = 1_000;
/** Pause after a failure to receive. */
const FAILURE_PAUSE_MS = 1_000;
/** After so many failures in a row the worker ends, so that a deploy or a person sees it. The SDK has tried three times in each. */
const MAX_FAILURES_IN_A_ROW = 5;

type Log = (event: string, details: Record<string, unknown>) => void;

/** Takes messages from the queue, up to ten at once, and deletes each when it is done. */
export class Worker {
  readonly #abort = new AbortController();
  #stopping = false;

  /** @param work handles one message and returns what its log line has; if it rejects, the queue hands the message out again */
  constructor(
    private readonly queue: Pick<JobQueue, "receive" | "delete">,
    private readonly work: (body: string) => Promise<Record<string, unknown>>,
    private readonly log: Log,
  ) {}

  /** Resolves when the worker was stopped and has finished the messages in hand. Rejects if the queue cannot be read. */
  async run(): Promise<void> {
    for (let failures = 0; !this.#stopping; ) {
      try {
        const messages = await this.queue.receive(this.#abort.signal);
        failures = 0;
        await Promise.all(messages.map((message) => this.#do(message)));
      } catch (error) {
        if (this.#stopping) return;
        failures += 1;
        this.log("receiveFailed", { reason: reasonOf(error) });
        if (failures === MAX_FAILURES_IN_A_ROW) throw error;
        await sleep(FAILURE_PAUSE_MS, undefined, { signal: this.#abort.signal }).catch(() => {});
      }
    }
  }

  /** Takes no new message. May be called again. */
  stop(): void {
    this.#stopping = true;
    setTimeout(() => this.#abort.abort(), RECEIVE_GRACE_MS).unref();
  }

  async #do(message: Message): Promise<void> {
    try {
      const details = await this.work(message.body);
      await this.queue.delete(message);
      this.log("jobDone", details);
    } catch (error) {
      this.log("jobFailed", { body: message.body.slice(0, 200), reason: reasonOf(error) });
    }
  }
}

function reasonOf(error: unknown): string {
  const { name, message } = error as Error;
  return `${name}: ${message}`.split("\n", 1)[0]!;
}
