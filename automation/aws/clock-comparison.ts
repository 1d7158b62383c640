import { onAnswerDate } from "../core/answer-date";

/** Compares this machine's clock with AWS's, by the answers that clients get anyway. */
export class ClockComparison {
  #aheadMs: number | null = null;

  /** Compares at each answer of the client, and returns the client. */
  with<Client extends { middlewareStack: object }>(client: Client): Client {
    onAnswerDate(client, (atMs) => {
      const aheadMs = Date.now() - atMs;
      // An answer's way can only add to the difference, so the fastest one is nearest to the truth.
      if (!Number.isNaN(aheadMs)) this.#aheadMs = Math.min(this.#aheadMs ?? aheadMs, aheadMs);
    });
    return client;
  }

  /** How far this machine's clock is ahead of AWS's, to within two seconds; negative where it is behind, null before the first answer. */
  aheadMs(): number | null {
    return this.#aheadMs;
  }
}
