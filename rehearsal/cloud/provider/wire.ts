import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { SIGNATURE, UNKNOWN } from "../../../components/core/pulumi-wire";

/** Property values as plain JSON. An unknown value, in a preview, is the string UNKNOWN (pulumi-notes.md). */
export type Properties = Record<string, unknown>;

/** The signatures of files and of archives of files, which stay as they are (pulumi-notes.md). */
const FILES: readonly unknown[] = ["c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7"];

export function fromStruct(struct: Struct | undefined): Properties {
  return struct ? (revealed(struct.toJavaScript()) as Properties) : {};
}

export function toStruct(properties: Properties): Struct {
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(properties)));
}

export function hasUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  return typeof value === "object" && value !== null && Object.values(value).some(hasUnknown);
}

/** Unwraps secrets, resource references and output values: the provider needs only the values in them. */
function revealed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revealed);
  if (typeof value !== "object" || value === null) return value;
  const object = value as Properties;
  if (FILES.includes(object[SIGNATURE])) return object;
  if (SIGNATURE in object) return "value" in object ? revealed(object.value) : UNKNOWN;
  return Object.fromEntries(Object.entries(object).map(([key, inner]) => [key, revealed(inner)]));
}

/** Returns values as two are compared: files by their hash, wherever they are on the machine. */
export function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== "object" || value === null) return value;
  const object = value as Properties;
  if (FILES.includes(object[SIGNATURE])) return { hash: object.hash };
  return Object.fromEntries(Object.entries(object).map(([key, inner]) => [key, comparable(inner)]));
}
