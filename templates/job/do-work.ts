/**
 * What the job does for one time of its schedule. It may be called twice for the same time: that must do no harm.
 * @returns what the log says of it
 */
export async function doWork(time: Date): Promise<Record<string, unknown>> {
  return { day: time.toISOString().slice(0, 10) };
}
