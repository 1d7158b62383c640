/**
 * Does one job: the place to begin. If it rejects, the queue gives the job out again; a queue gives a job out at least once, sometimes twice, so doing one again
 * has to be harmless.
 * @param body of the queue's message
 * @returns what is added to the job's log line
 */
export async function doJob(body: string): Promise<Record<string, unknown>> {
  const { id } = JSON.parse(body) as { id: string };
  return { id };
}
