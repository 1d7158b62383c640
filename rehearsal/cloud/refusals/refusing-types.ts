import { isDeepStrictEqual } from "node:util";
import type { OperationContext, ResourceType } from "../provider/resource-type";
import type { Properties } from "../provider/wire";
import { checkRequest } from "./api-models";
import type { Finders, Look } from "./reference";
import { checkReferences } from "./references";
import { requestsOf } from "./request-of";
import { checkTags } from "./tag-rules";
import { checkValues } from "./value-rules";

/**
 * Returns resource types that refuse what AWS refuses of any resource: values (by AWS's API models and value-rules.ts),
 * tags, and references to resources that do not exist or are in another network. This is the one place where the
 * provider's arguments become AWS's requests; the services' models have the rules of their own states.
 */
export function refusingTypes(types: ResourceType[], finders: Finders, look: Look): ResourceType[] {
  return types.map((type) => {
    const refuse = (operation: "create" | "update", inputs: Properties, old: Properties, call: OperationContext) => {
      const changed = Object.keys(inputs).filter((key) => !isDeepStrictEqual(inputs[key], old[key]));
      checkTags(type, inputs, call.defaultTags ?? {});
      for (const [name, request] of requestsOf(type.token, operation, inputs)) checkRequest(name, request, false);
      checkValues(type.token, inputs);
      checkReferences(type.token, inputs, changed, finders, look);
    };
    const refusing: ResourceType = {
      ...type,
      async create(inputs, call) {
        refuse("create", inputs, {}, call);
        return type.create(inputs, call);
      },
    };
    if (type.update) {
      refusing.update = async (id, inputs, old, call) => {
        refuse("update", inputs, old, call);
        return type.update!(id, inputs, old, call);
      };
    }
    return refusing;
  });
}
