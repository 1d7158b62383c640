import pMap from "p-map";
import { StepFailed } from "./errors";

/** How many items at the same time: AWS would only throttle more (a look at a colour is half a dozen requests). */
const AT_ONCE = 8;

/**
 * Returns how many times as long to leave between two looks at so many services as between two at a few, so that AWS is asked no
 * more often.
 * @param few how many are looked at as often as one
 */
export function timesAsLong(services: number, few = AT_ONCE): number {
  return Math.max(1, services / few);
}

/**
 * Does the same for several services (or their colours), some at the same time, and waits for all of them: nothing goes
 * on in the background after a failure.
 * @returns the results, in the order of the items
 * @throws StepFailed with all causes; the first unforeseen error, as it is, if there is one
 */
export async function concurrently<Result, Item = string>(
  items: readonly Item[],
  act: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  try {
    return await pMap(items, (item) => act(item), { concurrency: AT_ONCE, stopOnError: false });
  } catch (error) {
    throw joined((error as AggregateError).errors);
  }
}

function joined(failures: readonly Error[]): Error {
  const unforeseen = failures.find((failure) => !(failure instanceof StepFailed));
  if (unforeseen || failures.length === 1) return unforeseen ?? failures[0]!;
  const details = (failures as StepFailed[]).map(({ detail }) => detail).filter(Boolean);
  return new StepFailed(failures.map(({ message }) => message).join("; "), details.join("\n"));
}
