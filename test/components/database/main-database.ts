import { join } from "node:path";
import { ProcessLedger } from "../../../rehearsal/cloud/processes/process-ledger";
import type { Authority } from "../../../rehearsal/cloud/services/acm/model/authority";
import { EmbeddedServer } from "../../../rehearsal/cloud/services/rds/model/embedded-server";

export const HOST = "127.0.0.1";
export const MASTER = { username: "postgres", password: "of the master" };

/** Starts a real server whose master user has what RDS gives to its own, with the database `main`. */
export async function startMainDatabase(directory: string, authority: Authority): Promise<EmbeddedServer> {
  const { certificate, privateKey } = await authority.sign([HOST]);
  const server = await EmbeddedServer.start({
    directory,
    ledger: new ProcessLedger(join(directory, "processes")),
    tls: { certificate, key: privateKey },
    instanceClass: "db.t4g.micro",
  });
  await server.createMaster(MASTER);
  await server.createDatabase("main", MASTER.username);
  return server;
}
