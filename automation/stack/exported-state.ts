import { STACK_TYPE } from "../../components/core/pulumi-wire";

/** A resource as `pulumi stack export` writes it; secrets stay encrypted. */
export interface ExportedResource {
  urn: string;
  type: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  /** Why the last operation failed. The outputs then say what was wanted, and not what AWS has. */
  initErrors?: string[];
  /** True for one that was deleted so that another one could take its place, which is not there yet. */
  pendingReplacement?: boolean;
  /** URN of the component that it belongs to. */
  parent?: string;
}

/** An operation whose result the state does not have: AWS may have done it, or not. */
export interface PendingOperation {
  /** What the engine was about to do when it ended. Only creates remain after another `up`. */
  type: "creating" | "updating" | "deleting" | "reading" | "importing";
  /** The resource as it was to become; for a delete, as it was. */
  resource: ExportedResource;
}

export interface ExportedState {
  /** The number of the form that the deployment is written in; 3 today. */
  version?: number;
  /** Missing before the first `up`. */
  deployment?: {
    resources?: ExportedResource[];
    pending_operations?: PendingOperation[];
    secrets_providers?: { type: string };
  };
}

/** Returns the stack's outputs; empty before the first `up`. */
export function outputsIn({ deployment }: ExportedState): Record<string, unknown> {
  return deployment?.resources?.find(({ type }) => type === STACK_TYPE)?.outputs ?? {};
}

/** Returns how people name a resource, such as `ecs/service users-blue-service`. */
export function labelOf({ urn, type }: Pick<ExportedResource, "urn" | "type">): string {
  return `${type.split(":")[1] ?? type} ${nameOf(urn)}`;
}

/** Returns a resource's name in the program, which is the end of its URN. */
export function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

/** Returns a resource's type, which its URN has after those of its parents. */
export function typeOf(urn: string): string {
  return urn.split("::")[2]!.split("$").at(-1)!;
}
