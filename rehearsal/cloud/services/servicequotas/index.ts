import { jsonProtocol } from "../../protocols/json";
import type { CloudService } from "../cloud-service";
import { serviceQuotasOperations } from "./api/service-quotas";
import { Quotas } from "./model/quotas";

export function createServiceQuotas(isNewAccount: boolean): CloudService<Quotas> {
  const quotas = new Quotas(isNewAccount);
  return {
    model: quotas,
    apis: { servicequotas: { protocol: jsonProtocol, operations: serviceQuotasOperations(quotas) } },
  };
}
