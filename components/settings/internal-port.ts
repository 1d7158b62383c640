import { createHash } from "node:crypto";

const FIRST = 2_000;
const COUNT = 8_000;

/** 2000 to 9999, always the same for the same name, so that adding a service never moves another one's port. Two names can meet: a problem of the settings. */
export function defaultInternalPort(service: string): number {
  return FIRST + (createHash("sha256").update(service).digest().readUInt32BE() % COUNT);
}
