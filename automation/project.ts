import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { CONFIG_NAMESPACE, LIVE_KEY, parseSettings, type Settings } from "../components/settings";
import { UserError } from "../components/user-error";

/** The project's folder: where Pulumi.yaml is. */
export const PROJECT_DIRECTORY = join(__dirname, "..");

/**
 * Settings and region of a stack, from its file.
 * @throws UserError if there is no such file, or with one line per fault in it
 */
export function readStackSettings(
  stack: string,
  directory = PROJECT_DIRECTORY,
): { settings: Settings; region: string } {
  const file = join(directory, `Pulumi.${stack}.yaml`);
  if (!existsSync(file)) {
    const stacks = readdirSync(directory).flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);
    throw new UserError(`unknown stack "${stack}": there is no Pulumi.${stack}.yaml; known are ${stacks.join(", ")}`);
  }
  const config = configOf(file, stack);
  const prefix = `${CONFIG_NAMESPACE}:`;
  const raw = Object.fromEntries(
    Object.entries(config).flatMap(([key, value]) =>
      key.startsWith(prefix) && key !== prefix + LIVE_KEY ? [[key.slice(prefix.length), value]] : [],
    ),
  );
  const region = config["aws:region"];
  if (typeof region !== "string")
    throw new UserError(
      `aws:region is ${JSON.stringify(region)} in Pulumi.${stack}.yaml: wanted a region, such as ap-northeast-1`,
    );
  return { settings: parseSettings(raw), region };
}

function configOf(file: string, stack: string): Record<string, unknown> {
  try {
    return (parse(readFileSync(file, "utf8")) as { config?: Record<string, unknown> } | null)?.config ?? {};
  } catch (error) {
    throw new UserError(`Pulumi.${stack}.yaml is not YAML: ${(error as Error).message.split("\n")[0]}`);
  }
}
