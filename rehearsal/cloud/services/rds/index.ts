import { join } from "node:path";
import { ProcessLedger } from "../../processes/process-ledger";
import { Authority, type SignedCertificate } from "../acm/model/authority";
import type { CloudService } from "../cloud-service";
import { ExternalServer } from "./external/external-server";
import type { PreparedServer } from "./external/prepare-server";
import { Rds, type RdsPorts } from "./model/rds";
import { RdsRole } from "./model/rds-role";
import { TrustStore } from "./model/trust-store";
import { instanceType } from "./provider/instance";
import { parameterGroupType } from "./provider/parameter-group";
import { subnetGroupType } from "./provider/subnet-group";

/**
 * RDS, with an authority of its own that signs the servers' certificates. What the clients of the cloud trust by
 * themselves does not have it (aws-rules B9).
 * @param directory of this cloud alone, for the servers' data
 * @param processDirectory of this cloud's servers alone, for their process ids
 * @param prepared a server that is there already and has all databases; undefined for servers of the cloud's own
 */
export async function createRds({
  directory,
  processDirectory,
  signPublicly,
  prepared,
  hasServiceLinkedRole,
  ...ports
}: Omit<RdsPorts, "ledger" | "external" | "authority" | "role"> & {
  processDirectory: string;
  /** Signs the certificate of a server that every client trusts. */
  signPublicly(hosts: string[]): Promise<SignedCertificate>;
  prepared: PreparedServer | undefined;
  /** Whether RDS's service-linked role is there. If not, the call creates it (I17). */
  hasServiceLinkedRole(): boolean;
}): Promise<CloudService<Rds> & { trustStore: TrustStore }> {
  const authority = await Authority.create("aoshingo rehearsal authority of RDS");
  const ledger = new ProcessLedger(processDirectory);
  ledger.endOrphans();
  const killAll = () => ledger.killAll();
  process.once("exit", killAll);
  const external = prepared && new ExternalServer(prepared, ports.context.log);
  const rds = new Rds({
    ...ports,
    authority,
    role: new RdsRole(hasServiceLinkedRole),
    directory: join(directory, "data"),
    ledger,
    external,
  });
  const trustStore = new TrustStore({ authorities: authority.pem, sign: signPublicly });
  return {
    model: rds,
    trustStore,
    types: [subnetGroupType(rds.subnetGroups), parameterGroupType(rds.parameterGroups), instanceType(rds)],
    async close() {
      await Promise.all([rds.close(), trustStore.close()]);
      // One that was just starting is not known to the model yet.
      killAll();
      process.off("exit", killAll);
    },
  };
}
