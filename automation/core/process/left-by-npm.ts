/** How often a command looks for its parent. Milliseconds. */
const LOOK_MS = 500;

/**
 * Watches the process that started this one. npm starts commands by a shell; one that gets SIGTERM ends alone, and its command
 * would go on with nobody to end it (docs/platforms.md).
 * @param left called once, if the parent ends before this process; never where npm started neither of them
 * @returns a function that stops watching
 */
export function whenLeftByNpm(left: () => void): () => void {
  if (process.env.npm_command === undefined) return () => {};
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    left();
  }, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}
