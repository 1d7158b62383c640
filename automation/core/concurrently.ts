import { StepFailed } from "./errors";

/** Services at once: more would only be throttled by AWS (a look at a colour is half a dozen requests). */
const AT_ONCE = 8;

/**
 * Does the same for several services (or their colours), some at once, and waits for all of them, so that nothing goes on behind a failure's back
 * and every cause is told.
 * @returns what came of each, in their order
 * @throws StepFailed with all causes; any other error as it is
 */
export async function concurrently<Result, One = string>(
  services: readonly One[],
  act: (service: One) => Promise<Result>,
): Promise<Result[]> {
  const results: PromiseSettledResult<Result>[] = [];
  const left = services.map((service, index) => ({ service, index }));
  const work = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const { service, index } = next;
      [results[index]] = (await Promise.allSettled([act(service)])) as [PromiseSettledResult<Result>];
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const failures = results.flatMap((result) => (result.status === "rejected" ? [result.reason as Error] : []));
  if (failures.length > 0) throw together(failures);
  return results.map((result) => (result as PromiseFulfilledResult<Result>).value);
}

function together(failures: readonly Error[]): Error {
  const unforeseen = failures.find((failure) => !(failure instanceof StepFailed));
  if (unforeseen || failures.length === 1) return unforeseen ?? failures[0]!;
  const details = (failures as StepFailed[]).map(({ detail }) => detail).filter(Boolean);
  return new StepFailed(failures.map(({ message }) => message).join("; "), details.join("\n"));
}
