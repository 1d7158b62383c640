/** How many of the engine's error lines are shown: the first ones are the cause. */
const ERRORS_SHOWN = 3;

/** The engine repeats a resource's error for the stack as a whole; the resource's own lines are enough. */
export function causeOf(errors: readonly string[], { message }: Error): string {
  const causes = [...new Set(errors.filter((line) => !/(update|preview) failed$/.test(line)))];
  return causes.length > 0 ? causes.slice(0, ERRORS_SHOWN).join("; ") : message;
}
