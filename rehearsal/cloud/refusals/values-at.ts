/**
 * Returns the values at a path in arguments. The path goes through lists, and a list at its end gives its items; the
 * empty path gives the arguments themselves.
 */
export function valuesAt(value: unknown, path: string): unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, path));
  if (path === "") return [value];
  const [step = "", ...rest] = path.split(".");
  return valuesAt((value as Record<string, unknown>)[step], rest.join("."));
}
