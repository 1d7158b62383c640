import type { HttpRequest, HttpResponse } from "../ports/http-client";
import type { Trial } from "./trial";

/** Answers in a row that follow a change before an address counts as one that follows it. */
const ANSWERS = 20;
/** AWS seconds in which an address must not fall back: there are several machines behind it. */
const NO_OLD_ANSWER_SECONDS = 10;
/** AWS seconds after which a change is given up. */
const LIMIT_SECONDS = 300;
/** AWS seconds between two requests to one address. */
const PAUSE_SECONDS = 0.1;

/**
 * Asks each address of a load balancer, all at once, until all follow a change.
 * @param changedMs when AWS had accepted the change
 * @param follows whether an answer is one after the change
 * @returns AWS seconds from the change to the last answer that did not follow it; null if one never did
 */
export async function lastOldAnswer(
  trial: Trial,
  { addresses, ...request }: Pick<HttpRequest, "url" | "hostHeader"> & { addresses: readonly string[] },
  changedMs: number,
  follows: (response: HttpResponse) => boolean,
): Promise<number | null> {
  const last = await Promise.all(
    addresses.map((address) => lastOldOf(trial, { ...request, via: address }, changedMs, follows)),
  );
  return last.includes(null) ? null : Math.max(...(last as number[]));
}

async function lastOldOf(
  trial: Trial,
  request: HttpRequest,
  changedMs: number,
  follows: (response: HttpResponse) => boolean,
): Promise<number | null> {
  let lastOld = 0;
  let answers = 0;
  let newSince = Number.POSITIVE_INFINITY;
  while (trial.since(changedMs) < LIMIT_SECONDS || answers > 0) {
    trial.parts.signal.throwIfAborted();
    const seconds = trial.since(changedMs);
    const response = await trial.parts.http.get(request).catch(() => null);
    if (response && follows(response)) {
      if (answers === 0) newSince = seconds;
      answers += 1;
      if (answers >= ANSWERS && trial.since(changedMs) - newSince >= NO_OLD_ANSWER_SECONDS) return lastOld;
    } else {
      answers = 0;
      lastOld = seconds;
    }
    await trial.pause(PAUSE_SECONDS);
  }
  return null;
}
