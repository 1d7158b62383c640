import type { Settings } from "../../components/settings/settings";
import type { Clock } from "../core/clock";
import { pollPace } from "../core/poll-pace";
import { retryTransient } from "../core/retry-transient";
import { waitUntil } from "../core/wait-until";
import { StoreUnreachable } from "../ports/store";

/** A long outage of one of AWS's control planes. A good release is not taken back before. */
const LIMIT_MS = 5 * 60_000;

export interface AskingTools {
  clock: Clock;
  signal: AbortSignal;
  settings: { deploy: Pick<Settings["deploy"], "metricPeriodSeconds"> };
}

/**
 * Asks AWS or the deploy store again and again until there is an answer: an error that may pass says nothing of a release.
 * @param what what is not known or not done meanwhile, for people
 * @param ask may be done more than once
 * @throws StepFailed without an answer for five minutes; an error that will not pass as it is; the signal's reason when it is aborted
 */
export async function untilAnswered<Answer>(
  what: string,
  ask: () => Promise<Answer>,
  { clock, signal, settings }: AskingTools,
  onProgress: (line: string) => void,
): Promise<Answer> {
  let answer: Answer;
  const look = async () => {
    try {
      answer = await ask();
      return [];
    } catch (error) {
      if (error instanceof StoreUnreachable) return [error.message];
      throw error;
    }
  };
  const pace = pollPace(settings.deploy.metricPeriodSeconds);
  await waitUntil(what, retryTransient(look), { clock, signal, limitMs: LIMIT_MS, pace, onProgress });
  return answer!;
}
