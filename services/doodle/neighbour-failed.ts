/** Another service's fault, or that of the way to it: answered with 502 and the message, and logged as `event` with the details. */
export class NeighbourFailed extends Error {
  constructor(
    readonly event: "callFailed" | "sendFailed",
    readonly service: string,
    readonly reason: string,
  ) {
    super(`${event === "callFailed" ? "a call to" : "a job for"} ${service} failed: ${reason}`);
  }
}
