import { SECRET, SIGNATURE, UNKNOWN } from "../../components/core/pulumi-wire";

export function isSecret(value: unknown): boolean {
  return typeof value === "object" && value !== null && (value as Record<string, unknown>)[SIGNATURE] === SECRET;
}

/** True if the value contains an unknown value at any depth. */
export function hasUnknown(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasUnknown);
  if (typeof value === "object" && value !== null) return Object.values(value).some(hasUnknown);
  return value === UNKNOWN;
}
