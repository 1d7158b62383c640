import { readFileSync } from "node:fs";
import { authorityFile } from "../cloud/environment";
import type { RunningCloud } from "../cloud/running-cloud";
import type { RehearseOptions } from "../options";
import type { TrafficSettings, TrafficStream } from "../traffic/types";

/** A client's patience in real milliseconds: shorter than a browser's, longer than any answer of a healthy service. */
const CLIENT_TIMEOUT_MS = 10_000;
/** Until each stream has had an answer. */
export const FLOWING_LIMIT_MS = 15_000;

/** What the traffic process has to know of a cloud. */
export function trafficSettings(
  options: Pick<RehearseOptions, "speed" | "seed">,
  streams: TrafficStream[],
  { ready }: RunningCloud,
  recordFile: string,
): TrafficSettings {
  return {
    streams,
    nameServers: ready.nameServers,
    portOffset: ready.portOffset,
    certificateAuthority: readFileSync(authorityFile(ready.directory), "utf8"),
    speed: options.speed,
    timeoutMs: CLIENT_TIMEOUT_MS,
    seed: options.seed,
    recordFile,
  };
}
