import { createHash } from "node:crypto";

const FIRST = 2_000;
const COUNT = 8_000;

/**
 * The port of a service on the internal edge if its settings name none: from 2000 to 9999, derived from the name
 * alone, so that adding a service never changes the port of another. Two names can give the same port, which is a
 * problem of the settings.
 */
export function defaultInternalPort(service: string): number {
  return FIRST + (createHash("sha256").update(service).digest().readUInt32BE() % COUNT);
}
