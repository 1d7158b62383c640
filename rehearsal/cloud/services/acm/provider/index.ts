import type { ResourceType } from "../../../provider/resource-type";
import type { Acm } from "../model/acm";
import { certificateType } from "./certificate";
import { certificateValidationType } from "./certificate-validation";

export function acmTypes(acm: Acm): ResourceType[] {
  return [certificateType(acm), certificateValidationType(acm)];
}
