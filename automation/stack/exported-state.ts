/** Type of the stack itself among its resources: its outputs are the stack's. */
export const STACK_TYPE = "pulumi:pulumi:Stack";

/** A resource as `pulumi stack export` writes it; secrets stay encrypted. */
export interface ExportedResource {
  urn: string;
  type: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

export interface PendingOperation {
  /** What the engine was about to do when it ended. Only creates outlive a further `up`. */
  type: "creating" | "updating" | "deleting" | "reading" | "importing";
  /** As it was to become; of a delete, as it was. */
  resource: ExportedResource;
}

export interface ExportedState {
  /** None before the first `up`. */
  deployment?: {
    resources?: ExportedResource[];
    pending_operations?: PendingOperation[];
    secrets_providers?: { type: string };
  };
}

/** `ecs/service users-blue-service` */
export function labelOf({ urn, type }: Pick<ExportedResource, "urn" | "type">): string {
  return `${type.split(":")[1] ?? type} ${urn.slice(urn.lastIndexOf("::") + 2)}`;
}
