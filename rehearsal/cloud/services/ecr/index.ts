import type { CloudContext } from "../../kernel/context";
import { jsonProtocol } from "../../protocols/json";
import type { ResourceType } from "../../provider/resource-type";
import type { CloudService } from "../cloud-service";
import { ecrOperations } from "./api/ecr";
import { Ecr } from "./model/ecr";
import { getRepository } from "./provider/get-repository";
import { lifecyclePolicyType } from "./provider/lifecycle-policy";
import { repositoryType } from "./provider/repository";

export function createEcr(context: CloudContext): CloudService<Ecr> {
  const ecr = new Ecr(context);
  return {
    model: ecr,
    types: ecrTypes(ecr),
    functions: [getRepository(ecr)],
    apis: { ecr: { protocol: jsonProtocol, operations: ecrOperations(ecr) } },
  };
}

export function ecrTypes(ecr: Ecr): ResourceType[] {
  return [repositoryType(ecr), lifecyclePolicyType(ecr)];
}
