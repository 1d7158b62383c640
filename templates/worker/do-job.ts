/**
 * Handles one message: the place to begin. If it rejects, the queue gives the message out again; a queue gives a message out at least once, sometimes twice, so handling one again
 * has to be harmless.
 * @param body of the queue's message
 * @returns what is added to the message's log line
 */
export async function doJob(body: string): Promise<Record<string, unknown>> {
  const { id } = JSON.parse(body) as { id: string };
  return { id };
}
