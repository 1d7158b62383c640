import { parseJson } from "../../../../../components/core/parse-json";
import { AwsError } from "../../../kernel/aws-error";
import { parsePolicy, type Statement } from "../../iam/model/policy-document";

/** The attributes of a queue that a program sets. Times are AWS seconds. */
export interface QueueSettings {
  delaySeconds: number;
  /** Limit in bytes for the body and the attributes together. */
  maxMessageSize: number;
  messageRetentionSeconds: number;
  /** How long a ReceiveMessage request without `WaitTimeSeconds` waits. */
  receiveWaitTimeSeconds: number;
  visibilityTimeoutSeconds: number;
  sqsManagedSseEnabled: boolean;
  /** JSON; null means none. */
  redrivePolicy: string | null;
}

export interface RedrivePolicy {
  deadLetterTargetArn: string;
  maxReceiveCount: number;
}

export interface QueuePolicy {
  json: string;
  statements: Statement[];
}

/** The lowest and highest value of each attribute, with AWS's name of it. */
const RANGES: [name: string, key: keyof QueueSettings, lowest: number, highest: number][] = [
  ["DelaySeconds", "delaySeconds", 0, 900],
  ["MaximumMessageSize", "maxMessageSize", 1024, 1_048_576],
  ["MessageRetentionPeriod", "messageRetentionSeconds", 60, 1_209_600],
  ["ReceiveMessageWaitTimeSeconds", "receiveWaitTimeSeconds", 0, 20],
  ["VisibilityTimeout", "visibilityTimeoutSeconds", 0, 43_200],
];
const MAX_RECEIVE_COUNT = 1000;

/** @throws AwsError `InvalidAttributeValue` */
export function checkSettings(settings: QueueSettings): void {
  for (const [name, key, lowest, highest] of RANGES) {
    const value = settings[key] as number;
    if (!Number.isInteger(value) || value < lowest || value > highest)
      throw new AwsError("InvalidAttributeValue", `Invalid value for the parameter ${name}.`);
  }
}

/**
 * @param exists returns whether a queue with the ARN exists
 * @throws AwsError `InvalidParameterValue`
 */
export function parseRedrivePolicy(json: string, exists: (arn: string) => boolean): RedrivePolicy {
  const invalid = (reason: string) =>
    new AwsError("InvalidParameterValue", `Value ${json} for parameter RedrivePolicy is invalid. Reason: ${reason}`);
  const policy = parseJson(json) as Partial<RedrivePolicy> | undefined;
  if (typeof policy?.deadLetterTargetArn !== "string" || policy.maxReceiveCount === undefined) {
    throw invalid("Redrive policy does not contain mandatory attribute: deadLetterTargetArn, maxReceiveCount.");
  }
  const maxReceiveCount = Number(policy.maxReceiveCount);
  if (!Number.isInteger(maxReceiveCount) || maxReceiveCount < 1 || maxReceiveCount > MAX_RECEIVE_COUNT) {
    throw invalid(
      `Invalid value for maxReceiveCount: ${maxReceiveCount}, valid values are from 1 to ${MAX_RECEIVE_COUNT} both inclusive.`,
    );
  }
  if (!exists(policy.deadLetterTargetArn)) throw invalid("Dead letter target does not exist.");
  return { deadLetterTargetArn: policy.deadLetterTargetArn, maxReceiveCount };
}

/** @throws AwsError `InvalidAttributeValue` */
export function parseQueuePolicy(json: string): QueuePolicy {
  try {
    return { json, statements: parsePolicy(json, "bucket") };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new AwsError("InvalidAttributeValue", `Invalid value for the parameter Policy. Reason: ${error.message}`);
  }
}
