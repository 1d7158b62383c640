import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { type Document, parseDocument } from "yaml";
import { PROJECT_DIRECTORY } from "../../automation/core/project-directory";
import { UserError } from "../../components/core/user-error";
import type { ProgramOutputs } from "../../components/live/outputs";

export const STACK = "rehearsal";
/** AWS seconds: load balancers' metrics have one point a minute. */
export const METRIC_PERIOD_SECONDS = 60;

const SERVICES = ["config", "aoshingo:services"];

export interface SettingsChanges {
  cutover: string;
  /** Real seconds. */
  drainSeconds: number;
  /** Real seconds; default the drain's. */
  steadySeconds?: number;
  /** Other settings of `aoshingo:deploy`, in real seconds; default: nothing is watched, and nothing waited for beyond the drain. */
  deploy?: Readonly<Record<string, unknown>>;
  /** Only these of the stack's services, without their calls and jobs to the others; default all. */
  services?: readonly string[];
}

/**
 * The stack's settings with what this rehearsal is to differ in; a copy, so that the checkout stays as it is.
 * @returns the copy's path
 * @throws UserError for services that the settings do not have
 */
export async function writeSettings(directory: string, changes: SettingsChanges): Promise<string> {
  const document = parseDocument(await readFile(join(PROJECT_DIRECTORY, `Pulumi.${STACK}.yaml`), "utf8"));
  const { cutover, drainSeconds, steadySeconds = drainSeconds, deploy = {} } = changes;
  if (changes.services) keepServices(document, changes.services);
  document.setIn(["config", "aoshingo:cutover"], cutover);
  const unwatched = { bakeSeconds: 0, drainCapSeconds: 0 };
  document.setIn(["config", "aoshingo:deploy"], { drainSeconds, steadySeconds, ...unwatched, ...deploy });
  await mkdir(directory, { recursive: true });
  const file = join(directory, `Pulumi.${STACK}.yaml`);
  await writeFile(file, document.toString());
  return file;
}

type Block = { exposure?: string[]; calls?: string[]; sends?: string[] };

/** A service that nobody calls any more needs no internal exposure either: fewer load balancers to wait for. */
function keepServices(document: Document, kept: readonly string[]): void {
  const { config } = document.toJS() as { config: { "aoshingo:services": Record<string, Block> } };
  const blocks = config["aoshingo:services"];
  const unknown = kept.filter((name) => !(name in blocks));
  if (unknown.length > 0 || kept.length === 0)
    throw new UserError(
      `services given: ${unknown.join(", ") || "none"}; wanted some of ${Object.keys(blocks).join(", ")}, which are in Pulumi.${STACK}.yaml`,
    );
  const called = new Set(kept.flatMap((name) => blocks[name]!.calls ?? []));
  for (const [name, block] of Object.entries(blocks)) {
    if (!kept.includes(name)) {
      document.deleteIn([...SERVICES, name]);
      continue;
    }
    for (const key of ["calls", "sends"] as const) {
      if (block[key])
        document.setIn(
          [...SERVICES, name, key],
          block[key].filter((other) => kept.includes(other)),
        );
    }
    if (block.exposure && !called.has(name)) {
      const exposure = block.exposure.filter((edge) => edge !== "internal");
      if (exposure.length > 0) document.setIn([...SERVICES, name, "exposure"], exposure);
    }
  }
}

/**
 * Name of a service's image repository, from the stack's outputs, in the environment of a cloud.
 * @throws UserError while the stack has no such service
 */
export async function repositoryOf(service: string): Promise<string> {
  const { stdout, failed } = await execa("pulumi", ["stack", "output", "services", "--json", "--stack", STACK], {
    cwd: PROJECT_DIRECTORY,
    reject: false,
  });
  const services = failed ? {} : (JSON.parse(stdout) as ProgramOutputs["services"]);
  const repository = services[service]?.repository.name;
  if (repository === undefined)
    throw new UserError(
      `the stack has no service "${service}": run \`pulumi up --stack ${STACK}\` first, or check the name`,
    );
  return repository;
}
