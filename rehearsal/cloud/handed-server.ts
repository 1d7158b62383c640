import type { PreparedServer } from "./services/rds/external/prepare-server";

/** Hands a server with its password to the cloud's process: arguments are seen by everybody on the machine. */
const VARIABLE = "REHEARSAL_DATABASE_SERVER";

export function handOver(server: PreparedServer | undefined): Record<string, string> {
  return server ? { [VARIABLE]: JSON.stringify(server) } : {};
}

/** Takes it out of the environment, so that no process which this one starts has it. */
export function takeOver(): PreparedServer | undefined {
  const text = process.env[VARIABLE];
  delete process.env[VARIABLE];
  return text === undefined ? undefined : (JSON.parse(text) as PreparedServer);
}
