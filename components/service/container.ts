import type * as pulumi from "@pulumi/pulumi";
import type { Colour } from "../core/colour-name";
import { releaseInStream } from "../core/names";
import { HOST_PORT } from "../core/ports";
import type { Release } from "../live/release";
import type { ServiceSettings } from "../settings/settings";
import type { Environment } from "./environment";

/**
 * Memory that a migration reserves beside the service's own task on the same instance. It is no limit: a migration
 * may use whatever the instance has left.
 */
const MIGRATION_RESERVATION_MIB = 32;

/** Size of `/tmp`, the only place that a container may write to. It is part of the task's memory. */
const TEMPORARY_MIB = 64;

export interface ContainerArgs {
  service: string;
  colour: Colour;
  region: string;
  settings: Pick<ServiceSettings, "kind" | "port" | "stopTimeoutSeconds">;
  /** Variables without RELEASE. */
  environment: Environment;
  /** ARNs of values that ECS reads at the start of each task, by variable name. */
  secrets: Environment;
  logGroupName: pulumi.Input<string>;
}

/** The container definition of a release. */
export function serviceContainer(release: Release, args: ContainerArgs) {
  const { kind, port } = args.settings;
  return {
    ...container(release, args, `${args.colour}/${releaseInStream(release.name)}`),
    ...(kind === "api" ? { portMappings: [{ containerPort: port, hostPort: HOST_PORT, protocol: "tcp" }] } : {}),
  };
}

/**
 * The same container with another command, and without the port, which the service's own task uses on each instance.
 */
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
    linuxParameters: {
      // The first process of a container gets SIGTERM only with a handler for it (aws-rules C19). An init process is there
      // instead, so that a server without one ends by it, too (aws-rules C35).
      initProcessEnabled: true,
      tmpfs: [{ containerPath: "/tmp", size: TEMPORARY_MIB }],
    },
    stopTimeout: args.settings.stopTimeoutSeconds,
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
