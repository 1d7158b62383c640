import type { CloudContext } from "../../kernel/context";
import type { RecordsInZone } from "../../kernel/ports";
import { jsonProtocol } from "../../protocols/json";
import type { ResourceType } from "../../provider/resource-type";
import type { CloudService } from "../cloud-service";
import { acmOperations } from "./api/acm";
import { Acm } from "./model/acm";
import { certificateType } from "./provider/certificate";
import { certificateValidationType } from "./provider/certificate-validation";

export async function createAcm(context: CloudContext, records: RecordsInZone): Promise<CloudService<Acm>> {
  const acm = await Acm.create(context, records);
  return {
    model: acm,
    types: acmTypes(acm),
    apis: { acm: { protocol: jsonProtocol, operations: acmOperations(acm) } },
  };
}

export function acmTypes(acm: Acm): ResourceType[] {
  return [certificateType(acm), certificateValidationType(acm)];
}
