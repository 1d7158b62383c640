/**
 * Returns a function that says whether a time has passed since this call, by a timer of this process. A timer counts from the
 * beginning of its turn of the event loop, so a clock that is read now may show less than what a later timer has waited for;
 * but a timer that began earlier, for no longer, always ends first. It is for a millisecond less: what waits until a time asks
 * for a fraction less than the whole, which timers leave out.
 * @param ms real milliseconds
 */
export function hasPassed(ms: number): () => boolean {
  let isOver = false;
  setTimeout(() => {
    isOver = true;
  }, ms - 1).unref();
  return () => isOver;
}
