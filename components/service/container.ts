import type * as pulumi from "@pulumi/pulumi";
import type { Colour } from "../core/colour-name";
import { HOST_PORT } from "../core/ports";
import type { Release } from "../live/live";
import type { ServiceSettings } from "../settings/settings";
import type { Environment } from "./environment";

/**
 * What a migration asks for beside the service's own task on the same instance. It is no limit: a migration may use whatever the instance has left.
 */
const MIGRATION_RESERVATION_MIB = 32;

/** Size of `/tmp`, the one place that a container may write to. It is memory, of the task's own. */
const TEMPORARY_MIB = 64;

export interface ContainerArgs {
  service: string;
  colour: Colour;
  region: string;
  settings: Pick<ServiceSettings, "kind" | "port" | "stopTimeoutSeconds">;
  /** Without RELEASE. */
  environment: Environment;
  /** ARNs of values that are read at the start of each task, by variable name. */
  secrets: Environment;
  logGroupName: pulumi.Input<string>;
}

/** The container of a release, as a task definition has it. */
export function serviceContainer(release: Release, args: ContainerArgs) {
  const { kind, port } = args.settings;
  return {
    ...container(release, args, args.colour),
    ...(kind === "api" ? { portMappings: [{ containerPort: port, hostPort: HOST_PORT, protocol: "tcp" }] } : {}),
  };
}

/** The same container with another command, and without the port, which the service's own task has on each instance. */
export function migrationContainer(release: Release, command: string, args: ContainerArgs) {
  return {
    ...container(release, args, `${args.colour}-migrate`),
    command: ["sh", "-c", command],
    memoryReservation: MIGRATION_RESERVATION_MIB,
  };
}

function container(release: Release, args: ContainerArgs, logStreamPrefix: string) {
  const secrets = byName(args.secrets).map(([name, valueFrom]) => ({ name, valueFrom }));
  return {
    name: args.service,
    image: release.image,
    essential: true,
    environment: byName({ ...args.environment, RELEASE: release.name }).map(([name, value]) => ({ name, value })),
    ...(secrets.length > 0 ? { secrets } : {}),
    readonlyRootFilesystem: true,
    linuxParameters: { tmpfs: [{ containerPath: "/tmp", size: TEMPORARY_MIB }] },
    stopTimeout: args.settings.stopTimeoutSeconds,
    logConfiguration: {
      logDriver: "awslogs",
      options: {
        "awslogs-group": args.logGroupName,
        "awslogs-region": args.region,
        "awslogs-stream-prefix": logStreamPrefix,
        // A slow log service must not stop the service's own work.
        mode: "non-blocking",
        "max-buffer-size": "25m",
      },
    },
  };
}

/** Sorted, so that settings in another order are the same task. */
function byName(values: Environment): [string, pulumi.Input<string>][] {
  return Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
}
