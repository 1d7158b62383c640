import { z } from "zod";
import { SettingsSchema } from "../../../components/settings/schema";
import { CONFIG_NAMESPACE, LIVE_KEY } from "../../../components/settings/settings";

type JsonSchema = z.core.JSONSchema.JSONSchema;

/**
 * JSON schema of a Pulumi.<stack>.yaml for editors: the settings under `config`, with their namespace. It ignores
 * other keys of the file and other namespaces. Rules between settings are not in it; the program checks those.
 */
export function settingsJsonSchema(): string {
  const { properties = {}, required = [] } = z.toJSONSchema(SettingsSchema, { io: "input", target: "draft-7" });
  const key = (setting: string) => `${CONFIG_NAMESPACE}:${setting}`;
  const known = [...Object.keys(properties), LIVE_KEY];
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Settings of an aoshingo stack",
    type: "object",
    properties: {
      config: {
        type: "object",
        properties: Object.fromEntries(
          Object.entries(properties).map(([setting, form]) => [key(setting), orItsText(form as JsonSchema)]),
        ),
        patternProperties: { [`^${key(`(?!(?:${known.join("|")})$)`)}`]: false },
        required: required.map(key),
      },
    },
    required: ["config"],
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** Pulumi itself writes `true` and `false` in quotes. */
function orItsText(form: JsonSchema): JsonSchema {
  if (form.type !== "boolean") return form;
  const { type, ...rest } = form;
  return { ...rest, enum: [true, false, "true", "false"] };
}
