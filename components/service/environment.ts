import type * as pulumi from "@pulumi/pulumi";
import type { ServiceSettings } from "../settings/settings";
import { queueUrlVariable, urlVariable } from "../settings/variable-names";

export interface EnvironmentArgs {
  service: string;
  region: string;
  settings: Pick<ServiceSettings, "kind" | "port" | "env">;
  /** URLs of the services that it calls, by service. */
  callees: Readonly<Record<string, pulumi.Input<string>>>;
  /** URLs of the queues of the workers that it sends messages to, by worker. */
  receivers: Readonly<Record<string, pulumi.Input<string>>>;
  /** URL of its own queue; undefined without one. */
  queueUrl: pulumi.Input<string> | undefined;
  /** Its database, and who it is there; undefined without one. */
  database: DatabasePlace | undefined;
}

interface DatabasePlace {
  host: pulumi.Input<string>;
  port: number;
  name: string;
  user: string;
  certificates: pulumi.Input<string>;
}

export type Environment = Readonly<Record<string, pulumi.Input<string>>>;

/**
 * Environment variables of a service's tasks for every release: those of the settings, and those that tell the
 * service its port, its region and the URLs of other services and queues.
 */
export function environmentOf(args: EnvironmentArgs): Environment {
  const { service, region, settings, callees, receivers, queueUrl, database } = args;
  return {
    ...settings.env,
    ...(settings.kind === "api" ? { PORT: `${settings.port}` } : {}),
    SERVICE: service,
    AWS_REGION: region,
    ...renamed(callees, urlVariable),
    ...renamed(receivers, queueUrlVariable),
    ...(queueUrl === undefined ? {} : { QUEUE_URL: queueUrl }),
    ...(database ? databaseVariables(database) : {}),
  };
}

/** All of `DATABASE_VARIABLES` but the password, which ECS reads from its secret. */
function databaseVariables({ host, port, name, user, certificates }: DatabasePlace): Environment {
  return {
    PGHOST: host,
    PGPORT: `${port}`,
    PGDATABASE: name,
    PGUSER: user,
    PGSSLMODE: "verify-full",
    DATABASE_CA_CERT: certificates,
  };
}

function renamed(values: Environment, variableOf: (name: string) => string): Environment {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [variableOf(name), value]));
}
