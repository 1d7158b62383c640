import { jsonProtocol } from "../../protocols/json";
import type { CloudService } from "../cloud-service";
import { serviceQuotasOperations } from "./api/service-quotas";
import { Quotas } from "./model/quotas";

/** @param vcpuLimit the quota of vCPUs of running instances; default: that of a new or of a grown account */
export function createServiceQuotas(isNewAccount: boolean, vcpuLimit?: number): CloudService<Quotas> {
  const quotas = new Quotas(isNewAccount, vcpuLimit);
  return {
    model: quotas,
    apis: { servicequotas: { protocol: jsonProtocol, operations: serviceQuotasOperations(quotas) } },
  };
}
