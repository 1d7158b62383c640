import type { Acm } from "../aws/acm";
import type { ResourceType } from "../provider/resource-type";
import { certificateType } from "./acm/certificate";
import { certificateValidationType } from "./acm/certificate-validation";

export function acmTypes(acm: Acm): ResourceType[] {
  return [certificateType(acm), certificateValidationType(acm)];
}
