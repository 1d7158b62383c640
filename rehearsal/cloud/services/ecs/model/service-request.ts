import { AwsError } from "../../../kernel/aws-error";
import type { TaskDefinition } from "./task-definition";

/** The settings of a new DAEMON service. */
export interface ServiceRequest {
  name: string;
  definition: TaskDefinition;
  desiredCount: number | undefined;
  minimumHealthyPercent: number;
  maximumPercent: number;
  /** Default: false. */
  hasCapacityProviderStrategy?: boolean;
  /** Default: false. */
  enableExecuteCommand?: boolean;
  tags: Record<string, string>;
}

/** @throws AwsError `InvalidParameterException` in ECS's words (aws-rules C4-C6) */
export function checkServiceRequest(request: ServiceRequest): void {
  const { desiredCount, minimumHealthyPercent, maximumPercent, hasCapacityProviderStrategy } = request;
  if (desiredCount !== undefined) {
    throw invalid(
      "The daemon scheduling strategy does not support a desired count for services. Remove the desired count value and try again",
    );
  }
  if (hasCapacityProviderStrategy) {
    throw invalid(
      "Specifying a capacity provider strategy is not supported when you create a service using the DAEMON scheduling strategy.",
    );
  }
  if (maximumPercent > 100) {
    throw invalid(
      "The daemon scheduling strategy does not support values above 100 for maximumPercent. Change the value and try again",
    );
  }
  if (maximumPercent === 100 && minimumHealthyPercent === 100) {
    throw invalid("Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.");
  }
}

function invalid(message: string): AwsError {
  return new AwsError("InvalidParameterException", message);
}
