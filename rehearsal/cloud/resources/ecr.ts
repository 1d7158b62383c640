import type { Ecr } from "../aws/ecr";
import type { ResourceType } from "../provider/resource-type";
import { lifecyclePolicyType } from "./ecr/lifecycle-policy";
import { repositoryType } from "./ecr/repository";

export function ecrTypes(ecr: Ecr): ResourceType[] {
  return [repositoryType(ecr), lifecyclePolicyType(ecr)];
}
