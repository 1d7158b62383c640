import { isSample, requestsOf } from "../traffic/streams";
import type { RehearsalRecord, RehearsalReport } from "./types";

/** Returns what clients asked of services that are none of the samples, by name. */
export function askedOf({ streams }: Pick<RehearsalRecord, "streams">): RehearsalReport["asked"] {
  const services = new Set(streams.map(({ service }) => service).filter((name) => !isSample(name)));
  return Object.fromEntries([...services].map((name) => [name, requestsOf(name, streams)]));
}

/** Says what the numbers of requests are of, such as `GET /healthz of greeter only`; "" where only samples were asked. */
export function askedText({ asked }: Pick<RehearsalReport, "asked">): string {
  const each = Object.entries(asked).map(([name, requests]) => `${requests.join(", ")} of ${name} only`);
  return each.join("; ");
}
