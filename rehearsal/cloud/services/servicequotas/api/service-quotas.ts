import { z } from "zod";
import { type Operation, operation } from "../../../protocols/service";
import type { Quotas } from "../model/quotas";

const which = { ServiceCode: z.string(), QuotaCode: z.string() };

export function serviceQuotasOperations(quotas: Quotas): Record<string, Operation> {
  return {
    GetServiceQuota: operation(which, ({ ServiceCode, QuotaCode }) =>
      described(ServiceCode, QuotaCode, quotas.get(ServiceCode, QuotaCode)),
    ),
    GetAWSDefaultServiceQuota: operation(which, ({ ServiceCode, QuotaCode }) =>
      described(ServiceCode, QuotaCode, quotas.default(ServiceCode, QuotaCode)),
    ),
    RequestServiceQuotaIncrease: operation(
      { ...which, DesiredValue: z.number() },
      ({ ServiceCode, QuotaCode, DesiredValue }) => {
        quotas.raise(ServiceCode, QuotaCode, DesiredValue);
        return { RequestedQuota: { ServiceCode, QuotaCode, DesiredValue, Status: "APPROVED" } };
      },
    ),
  };
}

function described(ServiceCode: string, QuotaCode: string, quota: ReturnType<Quotas["get"]>) {
  const { name, value, isAdjustable } = quota;
  return { Quota: { ServiceCode, QuotaCode, QuotaName: name, Value: value, Adjustable: isAdjustable, Unit: "None" } };
}
