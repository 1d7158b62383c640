import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { type Document, parseDocument } from "yaml";
import { PROJECT_DIRECTORY } from "../../automation/core/project-directory";
import { UserError } from "../../components/core/user-error";
import { HEALTHY_WITHIN_SECONDS, METRIC_PERIOD_SECONDS, STEADY_SECONDS } from "../../components/settings/schema/deploy";
import { START_SPEED } from "../cloud/kernel/clock";
import { nameInArn } from "../cloud/services/secrets/model/secrets-manager";
import { STACK, settingsSource } from "../cloud/settings-source";
import { architectureOfMachine, askedArchitecture } from "../images/architecture";
import { serviceFolder } from "../images/build-image";
import { readRunInstructions } from "../images/run-instructions";
import { isSample } from "../traffic/streams";
import { rehearsedDeploy } from "./deploy-settings";
import { gravitonServices, makeRehearsable, type Rehearsable } from "./production-settings";

/** The URL of the key that encrypts the stack's secrets, as its settings have it. */
export const SECRETS_PROVIDER = "awskms://alias/pulumi?region=ap-northeast-1";

const SERVICES = ["config", "aoshingo:services"];
const DATABASES = ["config", "aoshingo:databases"];
const CUTOVER = ["config", "aoshingo:cutover"];
const DEPLOY = ["config", "aoshingo:deploy"];

export interface SettingsChanges {
  /** The stack whose settings are rehearsed. Default: see `settingsSource`. */
  stack?: string | undefined;
  cutover: string;
  /** AWS seconds in one real second. Default: 1. */
  speed?: number;
  /** Real seconds. */
  drainSeconds: number;
  /** Real seconds. Default: the drain's. */
  steadySeconds?: number;
  /** Other settings of `aoshingo:deploy`, in real seconds. Default: no bake, and no wait beyond the drain. */
  deploy?: Readonly<Record<string, unknown>>;
  /** The setting `aoshingo:network`. Default: the stack's. */
  network?: object;
  /** The setting `aoshingo:databases`, also of those that no service uses. Default: those of the stack's that are used. */
  databases?: object;
  /** The services to keep, without their calls and jobs to the others. Default: all of the stack's. */
  services?: readonly string[];
  /** False takes the databases away, and lets services keep all in memory: that saves the time that RDS takes. Default: true. */
  hasDatabases?: boolean;
  /** Gives a sample service `streams`, if it is kept. Default: the streams of the stack's settings. */
  streams?: { service: string; within: string };
}

/**
 * Returns the settings with the times that pass in the cloud: the period of its metrics, by which a deploy also paces its looks at AWS, and
 * the limit for instances to start.
 * @param speed AWS seconds in one real second
 */
export function scaled(settings: SettingsChanges, speed: number): SettingsChanges {
  const metricPeriodSeconds = METRIC_PERIOD_SECONDS / speed;
  const healthyWithinSeconds = HEALTHY_WITHIN_SECONDS / Math.min(speed, START_SPEED);
  return { ...settings, speed, deploy: { metricPeriodSeconds, healthyWithinSeconds, ...settings.deploy } };
}

/**
 * Real seconds: a program that fails does so by this machine's clock, such as when its connection does not come about. Each first release
 * and each deploy of a worker takes as long.
 */
const MIN_STEADY_SECONDS = 5;

/** Returns for how many real seconds a worker's tasks have to stay. */
export function steadySecondsAt(speed: number): number {
  return Math.max(STEADY_SECONDS / speed, MIN_STEADY_SECONDS);
}

/** Settings that were written for a rehearsal. */
export interface WrittenSettings extends Rehearsable {
  /** Path of the copy. */
  file: string;
  /** The stack that they are of. */
  stack: string;
}

/**
 * Writes a copy of the stack's settings with these changes, so that the checkout stays as it is.
 * @throws UserError for services that the settings do not have
 */
export async function writeSettings(directory: string, changes: SettingsChanges): Promise<WrittenSettings> {
  const source = settingsSource(changes.stack);
  const document = parseDocument(await readFile(source.file, "utf8"));
  const { cutover, drainSeconds, steadySeconds = drainSeconds, deploy = {}, hasDatabases = true } = changes;
  const notTried = changes.services ? keepServices(document, changes.services, source.stack) : [];
  if (!hasDatabases) keepInMemory(document);
  removeUnusedDatabases(document);
  const rehearsable =
    source.stack === STACK
      ? { notTried: [], secrets: [] }
      : makeRehearsable(document, await builtHere(gravitonServices(document)), architectureOfMachine());
  if (changes.databases) document.setIn(DATABASES, document.createNode(changes.databases));
  notTried.push(...standForExisting(document));
  const { streams } = changes;
  if (streams && isSample(streams.service) && document.hasIn([...SERVICES, streams.service]))
    giveStreams(document, streams);
  const ownCutover = document.getIn(CUTOVER);
  if (ownCutover !== undefined && ownCutover !== cutover)
    notTried.push(`cutover ${String(ownCutover)}, it was ${cutover}`);
  document.setIn(CUTOVER, cutover);
  if (changes.network) document.setIn(["config", "aoshingo:network"], changes.network);
  const withoutWaits = { bakeSeconds: 0, drainCapSeconds: 0 };
  const rehearsed = rehearsedDeploy(
    document.toJS().config["aoshingo:deploy"] ?? {},
    { drainSeconds, steadySeconds, ...withoutWaits, ...deploy },
    changes.speed ?? 1,
  );
  document.setIn(DEPLOY, rehearsed.deploy);
  await makeOwnFolder(directory);
  const file = join(directory, `Pulumi.${STACK}.yaml`);
  await writeFile(file, document.toString());
  return {
    ...{ file, stack: source.stack, secrets: rehearsable.secrets },
    notTried: [...notTried, ...rehearsed.notTried, ...rehearsable.notTried],
  };
}

/** Returns those of the services whose images are built for this machine, because nothing says for which processor. */
async function builtHere(services: readonly string[]): Promise<string[]> {
  const built = services.map(async (name) => {
    const folder = serviceFolder(name);
    // An image of this machine's Docker has been built.
    const isBuilt = (await readRunInstructions(folder))?.docker !== undefined;
    return isBuilt || (await askedArchitecture(folder)) !== undefined ? [] : [name];
  });
  return (await Promise.all(built)).flat();
}

/**
 * Makes the folder of a rehearsal, which writes settings of its own there and empties what an earlier one has left.
 * @throws UserError for a folder that is the project's or contains it, and for what is no folder
 */
async function makeOwnFolder(directory: string): Promise<void> {
  const folder = resolve(directory);
  if (`${PROJECT_DIRECTORY}${sep}`.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`))
    throw new UserError(`directory ${folder} is or contains the project: wanted one of its own, such as out/rehearsal`);
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(`directory ${folder} cannot be made (${code}): wanted a folder, such as out/rehearsal`);
  }
}

/** The sample service ends its streams by itself some time after SIGTERM; in a rehearsal that is left to ECS. */
const LONGEST_STOP_SECONDS = "3600";

function giveStreams(document: Document, { service, within }: NonNullable<SettingsChanges["streams"]>): void {
  document.setIn([...SERVICES, service, "streams"], { within });
  document.setIn([...SERVICES, service, "env", "STOP_SECONDS"], LONGEST_STOP_SECONDS);
}

interface SidecarImage {
  service: string;
  tag: string;
  /** Below the project's folder. */
  folder: string;
}

/**
 * The images of sidecars that a rehearsal builds: those that settings name by a tag of the service's own repository. Their
 * source is in `services/<service>/sidecars/<sidecar>`.
 */
export async function sidecarImages(settingsFile: string, services: readonly string[]): Promise<SidecarImage[]> {
  const blocks = blocksOf(parseDocument(await readFile(settingsFile, "utf8")));
  return services.flatMap((service) =>
    Object.entries(blocks[service]?.sidecars ?? {}).flatMap(([sidecar, { image }]) => {
      const [name, tag] = image.split(":");
      const folder = join("services", service, "sidecars", sidecar);
      return name === service && tag !== undefined ? [{ service, tag, folder }] : [];
    }),
  );
}

type Block = {
  uses?: string[];
  exposure?: string[];
  calls?: string[];
  sends?: string[];
  sidecars?: Record<string, { image: string }>;
};

/** The sample services take this variable. */
const IN_MEMORY = ["env", "STORE"];

function keepInMemory(document: Document): void {
  for (const [name, { uses }] of Object.entries(blocksOf(document))) {
    if (!uses) continue;
    for (const key of ["uses", "migrate"]) document.deleteIn([...SERVICES, name, key]);
    document.setIn([...SERVICES, name, ...IN_MEMORY], "memory");
  }
}

function removeUnusedDatabases(document: Document): void {
  const used = new Set(Object.values(blocksOf(document)).flatMap(({ uses = [] }) => uses));
  const { config } = document.toJS() as { config: { "aoshingo:databases"?: object } };
  for (const name of Object.keys(config["aoshingo:databases"] ?? {}))
    if (!used.has(name)) document.deleteIn([...DATABASES, name]);
}

/**
 * Changes what of existing databases only their owner has: the server here has a certificate of the rehearsal's RDS, and
 * the secret is in the rehearsal's account. Returns what of it is not tried, in words.
 */
function standForExisting(document: Document): string[] {
  const notTried: string[] = [];
  const { config } = document.toJS() as { config: { "aoshingo:databases"?: Record<string, { existing?: Existing }> } };
  for (const [name, { existing }] of Object.entries(config["aoshingo:databases"] ?? {})) {
    const path = [...DATABASES, name, "existing"];
    if (existing?.certificates !== undefined) {
      document.deleteIn([...path, "certificates"]);
      notTried.push(`the certificates of the database ${name}`);
    }
    if (existing?.secret.startsWith("arn:")) document.setIn([...path, "secret"], nameInArn(existing.secret));
  }
  return notTried;
}

type Existing = { secret: string; certificates?: string };

function blocksOf(document: Document): Record<string, Block> {
  const { config } = document.toJS() as { config: { "aoshingo:services": Record<string, Block> } };
  return config["aoshingo:services"];
}

const WORDS = { calls: "calls from", sends: "messages from" };

/**
 * Removes the other services, and the internal exposure of a service without callers: that saves load balancers to
 * wait for. Returns what the services that are kept no longer do, in words.
 */
function keepServices(document: Document, kept: readonly string[], stack: string): string[] {
  const blocks = blocksOf(document);
  const unknown = kept.filter((name) => !(name in blocks));
  if (unknown.length > 0 || kept.length === 0)
    throw new UserError(
      `services given: ${unknown.join(", ") || "none"}; wanted some of ${Object.keys(blocks).join(", ")}, which are in Pulumi.${stack}.yaml`,
    );
  const notTried: string[] = [];
  const called = new Set(kept.flatMap((name) => blocks[name]!.calls ?? []));
  for (const [name, block] of Object.entries(blocks)) {
    if (!kept.includes(name)) {
      document.deleteIn([...SERVICES, name]);
      continue;
    }
    for (const key of ["calls", "sends"] as const) {
      const others = block[key] ?? [];
      const left = others.filter((other) => kept.includes(other));
      if (block[key]) document.setIn([...SERVICES, name, key], left);
      for (const other of others.filter((each) => !left.includes(each)))
        notTried.push(`${WORDS[key]} ${name} to ${other}`);
    }
    if (block.exposure && !called.has(name)) {
      const exposure = block.exposure.filter((edge) => edge !== "internal");
      if (exposure.length > 0) document.setIn([...SERVICES, name, "exposure"], exposure);
    }
  }
  return notTried;
}
