import { z } from "zod";
import { SettingsSchema } from "../../components/settings/schema";
import { ANY, innerOf, isDeprecated, keysBelow } from "../../components/settings/schema-keys";

export { ANY };

/** One setting, as the schema has it. */
export interface Setting {
  /** Keys from the top, with `*` for those that users choose and for the places of a list. */
  readonly path: readonly string[];
  readonly description: string;
  /** What a value has to be, in the words of the line about a wrong one. */
  readonly wanted: string;
  /** Undefined if the key has none, or if it is computed from other settings. */
  readonly default: unknown;
  /** What it means if it is not set: an error, nothing, or a value. */
  readonly whenAbsent: "refused" | "nothing" | "default";
  /** A former name. */
  readonly isDeprecated: boolean;
  /** A map whose keys users choose, or a list. */
  readonly hasEntries: boolean;
  /** The settings of a block, or of each of its entries. */
  readonly settings: readonly Setting[];
}

/** All settings at the top, each with those below it. */
export function settingTree(): readonly Setting[] {
  return settingsBelow(SettingsSchema, []);
}

/** The settings and all below them, blocks before what is in them; a former name alone. */
export function withAllBelow(settings: readonly Setting[]): Setting[] {
  return settings.flatMap((setting) => [setting, ...(setting.isDeprecated ? [] : withAllBelow(setting.settings))]);
}

/** The path as people write it, such as `services.*.size`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.map(String).join(".");
}

function settingsBelow(schema: z.core.$ZodType, path: readonly string[]): Setting[] {
  return keysBelow(schema, path).map(({ path: ownPath, schema: value }) => ({
    path: ownPath,
    description: descriptionOf(value),
    // When they are asked for: to parse with a schema for the first time takes a while, and completion has none.
    get wanted() {
      return wantedBy(value);
    },
    get whenAbsent() {
      return whenAbsent(value);
    },
    default: value instanceof z.ZodDefault ? value.def.defaultValue : undefined,
    isDeprecated: isDeprecated(value),
    hasEntries: hasEntries(value),
    settings: settingsBelow(value, ownPath),
  }));
}

function whenAbsent(schema: z.ZodType): Setting["whenAbsent"] {
  const { success, data } = schema.safeParse(undefined);
  if (!success) return "refused";
  return data === undefined ? "nothing" : "default";
}

function hasEntries(schema: z.core.$ZodType): boolean {
  const inner = innerOf(schema);
  if (inner) return hasEntries(inner);
  return schema instanceof z.ZodArray || schema instanceof z.ZodRecord;
}

/** The description may be at the value itself, or at what a default or an option stands around. */
function descriptionOf(schema: z.core.$ZodType): string {
  const { description } = z.globalRegistry.get(schema) ?? {};
  const inner = innerOf(schema);
  return description ?? (inner ? descriptionOf(inner) : "");
}

/** The schema says what it wants when it is given something that no setting takes. */
function wantedBy(schema: z.ZodType): string {
  return schema.safeParse(Symbol("no setting")).error?.issues[0]?.message ?? "";
}
