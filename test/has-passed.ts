/**
 * Returns a function that says whether a time has passed since this call, by a timer of this process. A timer counts from the
 * beginning of its turn of the event loop, so a clock that is read now may show less than what a later timer has waited for;
 * but a timer that began earlier, for no longer, always ends first.
 * @param ms real milliseconds
 */
export function hasPassed(ms: number): () => boolean {
  let isOver = false;
  setTimeout(() => {
    isOver = true;
  }, ms).unref();
  return () => isOver;
}
