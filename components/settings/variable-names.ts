/** Name of the environment variable that holds the URL of a service to call, such as `USERS_URL`. */
export function urlVariable(service: string): string {
  return `${inCapitals(service)}_URL`;
}

/** Name of the environment variable that holds the URL of a worker's queue, such as `MAILER_QUEUE_URL`. */
export function queueUrlVariable(worker: string): string {
  return `${inCapitals(worker)}_QUEUE_URL`;
}

function inCapitals(service: string): string {
  return service.toUpperCase().replaceAll("-", "_");
}

/** Variable of a job's task: the time for which the schedule started it, such as `2026-11-27T02:30:00Z`. */
export const SCHEDULED_TIME = "SCHEDULED_TIME";
