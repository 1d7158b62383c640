import { z } from "zod";

/** Stands in a path for a key that users choose, and for a place in a list. */
export const ANY = "*";

/** A key of an object in a schema. */
interface SchemaKey {
  /** Keys from the top, with `ANY` for those that users choose and for the places of a list. */
  readonly path: readonly string[];
  /** The schema that the value of the key has to meet. */
  readonly schema: z.ZodType;
}

/** The keys of an object, or of each entry of a map or a list; none for other values. */
export function keysBelow(schema: z.core.$ZodType, path: readonly string[]): SchemaKey[] {
  const inner = innerOf(schema);
  if (inner) return keysBelow(inner, path);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => keysBelow(option, path));
  if (schema instanceof z.ZodArray) return keysBelow(schema.element, [...path, ANY]);
  if (schema instanceof z.ZodRecord) return keysBelow(schema.valueType, [...path, ANY]);
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape as Record<string, z.ZodType>).map(([key, value]) => ({
    path: [...path, key],
    schema: value,
  }));
}

/** What a default or an option stands around. */
export function innerOf(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  return schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional
    ? schema.unwrap()
    : undefined;
}

/** Whether a key is the former name of another. */
export function isDeprecated(schema: z.ZodType): boolean {
  return schema.meta()?.deprecated === true;
}
