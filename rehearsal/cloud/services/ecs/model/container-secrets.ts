import type { Instance } from "../../ec2/model/instance";
import type { ContainerDefinition } from "./container-definition";
import { ContainerStartError, type ContainerStartPorts } from "./container-start";
import type { TaskDefinition } from "./task-definition";

type Secret = ContainerDefinition["secrets"][number];

/**
 * The source of a secret: its service, the ARN that the execution role must be allowed to read, and the name in
 * messages.
 */
interface SecretSource {
  service: "ssm" | "secretsmanager";
  region: string;
  arn: string;
  name: string;
}

const ACTIONS = { ssm: "ssm:GetParameters", secretsmanager: "secretsmanager:GetSecretValue" } as const;
/** The ARN of a secret, optionally followed by a key of its JSON, a version stage and a version id. */
const SECRET_ARN = /^(arn:aws:secretsmanager:[^:]+:[^:]+:secret:[^:]+)(?::[^:]*){0,3}$/;
const PARAMETER_ARN = /^arn:aws:ssm:[^:]+:[^:]+:parameter\//;

/**
 * Reads the values of a container's `secrets` with the execution role, at each start of a task (aws-rules C16, C17).
 * They are only in the environment of the process.
 *
 * @throws ContainerStartError with the agent's message: no route, not allowed, or no such value
 */
export function readSecrets(
  ports: ContainerStartPorts,
  definition: TaskDefinition,
  container: ContainerDefinition,
  instance: Instance,
  taskId: string,
): Record<string, string> {
  const wanted = container.secrets.map((secret) => ({ secret, source: sourceOf(ports, secret) }));
  const role = ports.permissions.roleNameOfArn(definition.executionRoleArn ?? "");
  for (const { source } of wanted) {
    const route = ports.reachability.reachesService(instance.subnetId, instance.securityGroupIds, source.service);
    if (!route.ok) throw refusal(source, `RequestError: send request failed: ${route.reason}`);
    const action = ACTIONS[source.service];
    if (role === undefined || !ports.permissions.allows(role, action, source.arn)) {
      const user = `arn:aws:sts::${ports.context.accountId}:assumed-role/${role}/${taskId}`;
      throw refusal(
        source,
        `AccessDeniedException: User: ${user} is not authorized to perform: ${action} on resource: ${source.arn} because no identity-based policy allows the ${action} action`,
      );
    }
  }
  const found = wanted.map(({ secret, source }) => ({
    name: secret.name,
    source,
    value: ports.secrets?.value(secret.valueFrom),
  }));
  const missing = found.filter(({ value }) => value === undefined).map(({ source }) => source);
  if (missing.length > 0) throw notFound(missing);
  return Object.fromEntries(found.map(({ name, value }) => [name, value!]));
}

function sourceOf({ context }: ContainerStartPorts, { valueFrom }: Secret): SecretSource {
  const region = valueFrom.split(":")[3] ?? context.region;
  const secretArn = SECRET_ARN.exec(valueFrom)?.[1];
  if (secretArn) return { service: "secretsmanager", region, arn: secretArn, name: secretArn };
  if (PARAMETER_ARN.test(valueFrom)) {
    return { service: "ssm", region, arn: valueFrom, name: valueFrom.replace(PARAMETER_ARN, "/") };
  }
  // A name without an ARN means a parameter of the same region.
  const arn = `arn:aws:ssm:${context.region}:${context.accountId}:parameter/${valueFrom.replace(/^\//, "")}`;
  return { service: "ssm", region: context.region, arn, name: valueFrom };
}

/** GetParameters names all parameters that do not exist; GetSecretValue reads one secret. */
function notFound(missing: SecretSource[]): ContainerStartError {
  const parameters = missing.filter(({ service }) => service === "ssm");
  if (parameters[0])
    return refusal(parameters[0], `invalid parameters: ${parameters.map(({ name }) => name).join(",")}`);
  return refusal(missing[0]!, "ResourceNotFoundException: Secrets Manager can't find the specified secret.");
}

function refusal({ service, region, arn }: SecretSource, why: string): ContainerStartError {
  return new ContainerStartError(
    service === "ssm"
      ? `Fetching secret data from SSM Parameter Store in ${region}: ${why}`
      : `Fetching secret data from AWS Secrets Manager in region ${region}: secret ${arn}: ${why}`,
  );
}
