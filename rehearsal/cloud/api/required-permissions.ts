import type { CloudContext } from "../kernel/context";
import type { Input } from "../protocols/service";
import type { Statement } from "../services/iam/model/policy-document";
import type { SecretStores } from "../services/secrets/model/secrets";
import type { Sqs } from "../services/sqs/model/sqs";

/** One IAM action on one resource that a request has to be allowed. */
export interface Need {
  action: string;
  /** ARN. */
  resource: string;
  /** The resource's own policy. */
  policy?: Statement[] | undefined;
}

/** By service and operation: what a request needs. All of it has to be allowed. */
export type Needs = Record<string, Record<string, (input: Input) => Need[]>>;

/** From AWS's Service Authorization Reference. An operation that is not here cannot be called by a task. */
export function needsOf(cloud: { context: CloudContext; sqs: Sqs; secrets: SecretStores }): Needs {
  return {
    sqs: sqsNeeds(cloud.sqs),
    ssm: ssmNeeds(cloud.context, cloud.secrets),
    secretsmanager: secretsManagerNeeds(cloud.context, cloud.secrets),
    logs: logsNeeds(cloud.context),
    // Everybody may ask who they are.
    sts: { GetCallerIdentity: () => [] },
  };
}

function sqsNeeds(sqs: Sqs): Needs[string] {
  const onName = (action: string, name: string): Need[] => [
    { action: `sqs:${action}`, resource: sqs.arnOf(name), policy: sqs.find(name)?.policy?.statements },
  ];
  const onUrl = (action: string) => (input: Input) => onName(action, String(input.QueueUrl).split("/").at(-1)!);
  return {
    SendMessage: onUrl("SendMessage"),
    SendMessageBatch: onUrl("SendMessage"),
    ReceiveMessage: onUrl("ReceiveMessage"),
    DeleteMessage: onUrl("DeleteMessage"),
    DeleteMessageBatch: onUrl("DeleteMessage"),
    ChangeMessageVisibility: onUrl("ChangeMessageVisibility"),
    GetQueueAttributes: onUrl("GetQueueAttributes"),
    PurgeQueue: onUrl("PurgeQueue"),
    GetQueueUrl: (input) => onName("GetQueueUrl", String(input.QueueName)),
  };
}

function ssmNeeds({ region, accountId }: CloudContext, { parameters }: SecretStores): Needs[string] {
  const onName = (action: string, name: unknown): Need => ({
    action: `ssm:${action}`,
    resource: String(name).startsWith("arn:") ? String(name) : parameters.arnOf(String(name)),
  });
  return {
    PutParameter: ({ Name }) => [onName("PutParameter", Name)],
    GetParameter: ({ Name }) => [onName("GetParameter", Name)],
    GetParameters: ({ Names }) => listOf(Names).map((name) => onName("GetParameters", name)),
    DescribeParameters: () => [{ action: "ssm:DescribeParameters", resource: `arn:aws:ssm:${region}:${accountId}:*` }],
  };
}

function secretsManagerNeeds({ region, accountId }: CloudContext, { secretsManager }: SecretStores): Needs[string] {
  const onSecret = (action: string, id: unknown): Need[] => [
    {
      action: `secretsmanager:${action}`,
      resource:
        secretsManager.find(String(id))?.arn ??
        (String(id).startsWith("arn:") ? String(id) : `arn:aws:secretsmanager:${region}:${accountId}:secret:${id}`),
    },
  ];
  return {
    CreateSecret: ({ Name }) => onSecret("CreateSecret", Name),
    DescribeSecret: ({ SecretId }) => onSecret("DescribeSecret", SecretId),
    GetSecretValue: ({ SecretId }) => onSecret("GetSecretValue", SecretId),
    DeleteSecret: ({ SecretId }) => onSecret("DeleteSecret", SecretId),
  };
}

function logsNeeds({ region, accountId }: CloudContext): Needs[string] {
  const onStream = (action: string, { logGroupName, logStreamName = "" }: Input): Need[] => [
    {
      action: `logs:${action}`,
      resource: `arn:aws:logs:${region}:${accountId}:log-group:${logGroupName}:log-stream:${logStreamName}`,
    },
  ];
  return {
    FilterLogEvents: ({ logGroupName }) => onStream("FilterLogEvents", { logGroupName }),
    GetLogEvents: (input) => onStream("GetLogEvents", input),
  };
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
