import { createHash } from "node:crypto";

const FINGERPRINT_LENGTH = 6;

/**
 * A name in AWS of at most `maxLength` characters: as much of `readable` as fits, then a fingerprint of `identity`,
 * everything that makes the resource what it is. Two resources never get the same name because their readable parts
 * were cut, and a resource that has to be replaced gets a new name, so that its successor can be created first.
 */
export function physicalName(readable: string, identity: readonly (string | number)[], maxLength: number): string {
  const fingerprint = createHash("sha256").update(JSON.stringify(identity)).digest("hex").slice(0, FINGERPRINT_LENGTH);
  const head = readable.slice(0, maxLength - FINGERPRINT_LENGTH - 1).replace(/-+$/, "");
  return `${head}-${fingerprint}`;
}
