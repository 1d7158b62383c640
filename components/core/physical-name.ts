import { createHash } from "node:crypto";

const FINGERPRINT_LENGTH = 6;

/**
 * A name for AWS of at most `maxLength` characters: as much of the readable part as fits, then a fingerprint of everything that makes the thing what
 * it is. Two things never share a name because their readable parts were cut, and one that has to be replaced gets a new name, so that its successor
 * can be created first.
 */
export function physicalName(readable: string, identity: readonly (string | number)[], maxLength: number): string {
  const fingerprint = createHash("sha256").update(JSON.stringify(identity)).digest("hex").slice(0, FINGERPRINT_LENGTH);
  const head = readable.slice(0, maxLength - FINGERPRINT_LENGTH - 1).replace(/-+$/, "");
  return `${head}-${fingerprint}`;
}
