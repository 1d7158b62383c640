import { AwsError } from "../../../kernel/aws-error";
import type { Group } from "../../autoscaling/model/group";

/** An Auto Scaling group as a capacity provider of ECS. Managed scaling is not modelled; it is always off. */
export interface CapacityProvider {
  arn: string;
  name: string;
  group: Group;
  managedDraining: boolean;
  managedTerminationProtection: boolean;
}

export type CapacityProviderSettings = Pick<CapacityProvider, "managedDraining" | "managedTerminationProtection">;

const NAME = /^(?!aws|ecs|fargate)[A-Za-z0-9_-]{1,255}$/i;

/** @throws AwsError `ClientException` (aws-rules C25) */
export function checkName(name: string): void {
  if (NAME.test(name)) return;
  throw new AwsError(
    "ClientException",
    `The specified capacity provider name is invalid: ${name}. Up to 255 letters (uppercase and lowercase), numbers, hyphens, and underscores are allowed. The name can't be prefixed with "aws", "ecs", or "fargate".`,
  );
}

/** @throws AwsError `ClientException` (C26) */
export function checkProtection(group: Group, { managedTerminationProtection }: CapacityProviderSettings): void {
  if (!managedTerminationProtection || group.settings.protectFromScaleIn) return;
  throw new AwsError(
    "ClientException",
    "The managed termination protection setting for the capacity provider is invalid. To enable managed termination protection for a capacity provider, the Auto Scaling group must have instance protection from scale in enabled.",
  );
}
