import type { ResourceType } from "../../../provider/resource-type";
import type { Ecr } from "../model/ecr";
import { lifecyclePolicyType } from "./lifecycle-policy";
import { repositoryType } from "./repository";

export function ecrTypes(ecr: Ecr): ResourceType[] {
  return [repositoryType(ecr), lifecyclePolicyType(ecr)];
}
