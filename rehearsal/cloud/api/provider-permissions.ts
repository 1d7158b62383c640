import type { ResourceTags } from "../kernel/resource-tags";
import type { ProviderFunction, ResourceType } from "../provider/resource-type";
import type { Properties } from "../provider/wire";
import type { RequiredPermission } from "../services/cloud-service";
import {
  type functionPermissions,
  needsOf,
  type ResourceOperation,
  type typePermissions,
} from "./permissions/resource-types";

/** Checks what a call of the provider needs. Throws AwsError AccessDenied, or for keys that are over. */
export type Assert = (required: readonly RequiredPermission[]) => void;

interface Parts {
  permissions: ReturnType<typeof typePermissions>;
  tags: ResourceTags;
  assertAllowed: Assert;
}

/**
 * Returns resource types whose operations first ask for the permissions of the one who runs the engine. They remember
 * the tags that resources have, for conditions.
 */
export function authorisedTypes(types: ResourceType[], { permissions, tags, assertAllowed }: Parts): ResourceType[] {
  return types.map((type) => {
    const ask = (operation: ResourceOperation, resource: Properties & { id?: string }) =>
      assertAllowed(needsOf(permissions, type, operation, resource));
    const remember = (arn: unknown, inputs: Properties) => {
      if (typeof arn === "string") tags.set(arn, tagsOf(inputs.tags));
    };
    const authorised: ResourceType = {
      ...type,
      async create(inputs, call) {
        ask("create", inputs);
        const created = await type.create(inputs, call);
        remember(created.outputs.arn ?? created.id, inputs);
        return created;
      },
      async read(id, outputs) {
        ask("read", { ...outputs, id });
        return type.read(id, outputs);
      },
      async delete(id, outputs, call) {
        ask("delete", { ...outputs, id });
        await type.delete(id, outputs, call);
        tags.delete(typeof outputs.arn === "string" ? outputs.arn : id);
      },
    };
    if (type.update) {
      authorised.update = async (id, inputs, old, call) => {
        ask("update", { ...inputs, id });
        const outputs = await type.update!(id, inputs, old, call);
        remember(outputs.arn, inputs);
        return outputs;
      };
    }
    return authorised;
  });
}

/** The same for functions. */
export function authorisedFunctions(
  functions: ProviderFunction[],
  permissions: ReturnType<typeof functionPermissions>,
  assertAllowed: Assert,
): ProviderFunction[] {
  return functions.map((fn) => ({
    ...fn,
    async call(args) {
      assertAllowed(permissions[fn.token]?.(args) ?? []);
      return fn.call(args);
    },
  }));
}

/** Auto Scaling's tags are a list. */
function tagsOf(tags: unknown): Record<string, string> {
  if (!Array.isArray(tags)) return (tags ?? {}) as Record<string, string>;
  return Object.fromEntries((tags as { key: string; value: string }[]).map(({ key, value }) => [key, value]));
}
