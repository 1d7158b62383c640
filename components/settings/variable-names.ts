/** Environment variable with the URL of a service that may be called: `USERS_URL`. */
export function urlVariable(service: string): string {
  return `${inCapitals(service)}_URL`;
}

/** Environment variable with the URL of the queue of a worker that may be given jobs: `MAILER_QUEUE_URL`. */
export function queueUrlVariable(worker: string): string {
  return `${inCapitals(worker)}_QUEUE_URL`;
}

function inCapitals(service: string): string {
  return service.toUpperCase().replaceAll("-", "_");
}
