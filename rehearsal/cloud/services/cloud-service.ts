import type { AwsServiceName } from "../kernel/aws-services";
import type { Input, Operation, Protocol } from "../protocols/service";
import type { ProviderFunction, ResourceType } from "../provider/resource-type";
import type { ConditionContext } from "./iam/model/evaluate";
import type { Statement } from "./iam/model/policy-document";

/**
 * What one AWS service adds to the cloud. Each services/<name>/index.ts creates one, and create-services.ts lists
 * them all.
 */
export interface CloudService<Model = unknown> {
  /**
   * The service's state and rules. Other services get it as one of the interfaces in kernel/ports.ts where they can.
   */
  model: Model;
  /** Resource types of the `aws` provider. */
  types?: ResourceType[];
  /** Functions of the `aws` provider ("invokes"). */
  functions?: ProviderFunction[];
  /** Interfaces that the SDKs call. */
  apis?: Partial<Record<AwsServiceName, ServiceApi>>;
  /** Ends the service's processes, timers and waits. */
  close?(): void | Promise<void>;
}

/** One AWS interface, by the name that its requests are signed for. */
export interface ServiceApi {
  protocol: Protocol;
  /** By name. An operation that is missing here is refused by name. */
  operations: Record<string, Operation>;
  /**
   * What IAM asks of an operation, from AWS's Service Authorization Reference. A caller needs every permission that
   * is returned. Without an entry, only the deploy can call the operation.
   */
  permissions?: Record<string, (input: Input) => RequiredPermission[]>;
  /** Operations that callers do not sign: they have no keys yet. */
  unsigned?: readonly string[];
  /** True if clients connect by TLS, so that plain HTTP is what it is. Elsewhere plain HTTP stands for TLS. */
  hasTls?: boolean;
}

/** One IAM action on one resource. */
export interface RequiredPermission {
  action: string;
  /** ARN. */
  resource: string;
  /** The resource's own policy. */
  policy?: Statement[] | undefined;
  /** Condition keys of this call beyond those of every call. */
  context?: ConditionContext;
}
