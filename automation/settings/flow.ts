import { stringify } from "yaml";

/** Pulumi reads YAML 1.1, too, in which 08:00 is a number and `on` is true: such texts need quotation marks. */
export const YAML_STYLE = { version: "1.1", lineWidth: 0, flowCollectionPadding: false } as const;

/** The value as YAML on one line. */
export function flow(value: unknown): string {
  if (typeof value === "string" && value.includes("\n")) return JSON.stringify(value);
  return stringify(value, { ...YAML_STYLE, collectionStyle: "flow" }).trimEnd();
}

export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
