import type * as pulumi from "@pulumi/pulumi";
import type { Colour } from "../core/colour-name";
import { releaseInStream } from "../core/names";
import { HOST_PORT } from "../core/ports";
import type { Release } from "../live/release";
import type { ReleaseSettings } from "../live/release-settings";
import type { ReleaseSidecar, ReleaseSidecars } from "../live/sidecars";
import { MIGRATION_APPLICATION } from "../settings/database-variables";
import type { Environment } from "./environment";

/**
 * Memory that a migration reserves beside the service's own task on the same instance. It is no limit: a migration
 * may use whatever the instance has left.
 */
const MIGRATION_RESERVATION_MIB = 32;
/** As PostgreSQL writes times. Requests that wait for so long are still answered. */
const LOCK_LIMIT = "2s";
/** Half of what a deploy gives a migration in all. */
const STATEMENT_LIMIT = "30min";

/** The only place that a container may write to. */
const TEMPORARY = "/tmp";
/** Its size on an instance, where it is part of the task's memory. */
const TEMPORARY_MIB = 64;
/** The volume that it is on Fargate, which has no folders in memory (aws-rules C37): a part of the task's own disk. */
export const TEMPORARY_VOLUME = "tmp";

export interface ContainerArgs {
  service: string;
  colour: Colour;
  region: string;
  settings: Pick<ReleaseSettings, "kind" | "port" | "stopTimeoutSeconds" | "cpu" | "memory" | "sidecars" | "exec">;
  /** Variables without RELEASE. */
  environment: Environment;
  /** ARNs of values that ECS reads at the start of each task, by variable name. */
  secrets: Environment;
  /** The same of each sidecar, by its name. */
  sidecarSecrets: Readonly<Record<string, Environment>>;
  logGroupName: pulumi.Input<string>;
}

/** The container definitions of a release: the service's own, then its sidecars. */
export function serviceContainers(release: Release, args: ContainerArgs) {
  const { kind, port, sidecars } = args.settings;
  const own = {
    ...container(release, args, streamPrefix(release, args)),
    ...(kind === "api" ? { portMappings: [{ containerPort: port, hostPort: HOST_PORT, protocol: "tcp" }] } : {}),
    ...besideSidecars(args.settings),
  };
  const names = Object.keys(sidecars).sort();
  return [own, ...names.map((name) => sidecarContainer(release, args, name, sidecars[name]!))];
}

/** What the service's own container has because of its sidecars. */
function besideSidecars({ cpu, memory, sidecars }: Pick<ReleaseSettings, "cpu" | "memory" | "sidecars">) {
  const names = Object.keys(sidecars).sort();
  if (names.length === 0) return {};
  const links = names.filter((name) => sidecars[name]!.essential);
  return {
    // A container without CPU units would get next to nothing beside one that has some (aws-rules C45).
    cpu: cpu - sumOf(sidecars, "cpu"),
    memory: memory - sumOf(sidecars, "memory"),
    // ECS starts it after them, and stops them after it (aws-rules C42).
    dependsOn: names.map((containerName) => ({ containerName, condition: "START" })),
    // In bridge mode a container knows others by name only through links. Docker does not start it once one of these has ended,
    // so it has none to those that it can do without (aws-rules C43).
    ...(links.length > 0 ? { links } : {}),
  };
}

function sumOf(sidecars: ReleaseSidecars, key: "cpu" | "memory"): number {
  return Object.values(sidecars).reduce((sum, sidecar) => sum + sidecar[key], 0);
}

function sidecarContainer(release: Release, args: ContainerArgs, name: string, sidecar: ReleaseSidecar) {
  const { service, region } = args;
  const { image, essential, command, cpu, memory, env, stopTimeoutSeconds } = sidecar;
  return {
    ...{ name, image, essential, cpu, memory },
    ...(command ? { command } : {}),
    ...variables({ ...env, SERVICE: service, AWS_REGION: region, RELEASE: release.name }, args.sidecarSecrets[name]!),
    ...commonParts(args, streamPrefix(release, args), stopTimeoutSeconds),
  };
}

/** ECS adds the names of container and task. */
function streamPrefix(release: Release, { colour }: ContainerArgs): string {
  return `${colour}/${releaseInStream(release.name)}`;
}

/**
 * The same container with another command, and without the port, which the service's own task uses on each instance.
 */
export function migrationContainer(release: Release, command: string, args: ContainerArgs) {
  const { settings } = args;
  const environment = { ...migrationSession(args.environment), ...args.environment };
  return {
    // ECS Exec does not reach a migration.
    ...container(release, { ...args, environment, settings: { ...settings, exec: false } }, `${args.colour}-migrate`),
    // A command alone would be arguments of the image's entry point, which may do anything with them (aws-rules C50).
    entryPoint: ["sh", "-c"],
    command: [command],
    ...(settings.kind === "job" ? {} : { memoryReservation: MIGRATION_RESERVATION_MIB }),
  };
}

/**
 * The name of a migration's sessions, by which its locks are found, and limits of its statements, for each tool that reads libpq's variables. Both releases use the database meanwhile:
 * a statement that waits for a lock makes all later requests wait behind it, also those that it would not disturb.
 */
function migrationSession(environment: Environment): Environment {
  if (environment.PGHOST === undefined) return {};
  return {
    PGAPPNAME: MIGRATION_APPLICATION,
    PGOPTIONS: `-c lock_timeout=${LOCK_LIMIT} -c statement_timeout=${STATEMENT_LIMIT}`,
  };
}

function container(release: Release, args: ContainerArgs, logStreamPrefix: string) {
  return {
    name: args.service,
    image: release.image,
    essential: true,
    ...variables({ ...args.environment, RELEASE: release.name }, args.secrets),
    ...commonParts(args, logStreamPrefix, args.settings.stopTimeoutSeconds),
  };
}

function variables(environment: Environment, from: Environment) {
  const secrets = byName(from).map(([name, valueFrom]) => ({ name, valueFrom }));
  return {
    environment: byName(environment).map(([name, value]) => ({ name, value })),
    ...(secrets.length > 0 ? { secrets } : {}),
  };
}

/** What every container has. */
function commonParts(args: ContainerArgs, logStreamPrefix: string, stopTimeout: number) {
  const isOnFargate = args.settings.kind === "job";
  return {
    // The agent of ECS Exec writes to the root file system (aws-rules C46).
    readonlyRootFilesystem: !args.settings.exec,
    linuxParameters: {
      // The first process of a container gets SIGTERM only with a handler for it (aws-rules C19). An init process is there
      // instead, so that a server without one ends by it, too (aws-rules C35).
      initProcessEnabled: true,
      ...(isOnFargate ? {} : { tmpfs: [{ containerPath: TEMPORARY, size: TEMPORARY_MIB }] }),
    },
    ...(isOnFargate ? { mountPoints: [{ sourceVolume: TEMPORARY_VOLUME, containerPath: TEMPORARY }] } : {}),
    stopTimeout,
    logConfiguration: {
      logDriver: "awslogs",
      options: {
        "awslogs-group": args.logGroupName,
        "awslogs-region": args.region,
        "awslogs-stream-prefix": logStreamPrefix,
        // A slow log service must not stop the service's work.
        mode: "non-blocking",
        "max-buffer-size": "25m",
      },
    },
  };
}

/** Sorted by name, so that the order of the settings does not change the task definition. */
function byName(values: Environment): [string, pulumi.Input<string>][] {
  return Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
}
