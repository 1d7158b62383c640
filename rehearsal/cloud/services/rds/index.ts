import { join } from "node:path";
import { ProcessLedger } from "../../processes/process-ledger";
import type { CloudService } from "../cloud-service";
import { Rds, type RdsPorts } from "./model/rds";
import { TrustStore } from "./model/trust-store";
import { instanceType } from "./provider/instance";
import { parameterGroupType } from "./provider/parameter-group";
import { subnetGroupType } from "./provider/subnet-group";

/** @param directory of this cloud alone: holds the servers' data and process ids */
export function createRds({
  directory,
  authority,
  ...ports
}: Omit<RdsPorts, "ledger"> & { authority: string }): CloudService<Rds> & { trustStore: TrustStore } {
  const ledger = new ProcessLedger(join(directory, "processes"));
  ledger.endOrphans();
  const killAll = () => ledger.killAll();
  process.once("exit", killAll);
  const rds = new Rds({ ...ports, directory: join(directory, "data"), ledger });
  const trustStore = new TrustStore({ authority, sign: ports.sign });
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
