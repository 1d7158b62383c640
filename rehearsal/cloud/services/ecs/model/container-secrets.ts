import type { Instance } from "../../ec2/model/instance";
import { ContainerStartError, type ContainerStartPorts } from "./container-start";
import type { TaskDefinition } from "./task-definition";

type Secret = TaskDefinition["container"]["secrets"][number];

/** Where a value is kept: its service, the ARN that the execution role must be allowed, and the name in messages. */
interface Place {
  service: "ssm" | "secretsmanager";
  region: string;
  arn: string;
  name: string;
}

const ACTIONS = { ssm: "ssm:GetParameters", secretsmanager: "secretsmanager:GetSecretValue" } as const;
/** What a secret's ARN may have behind it: a key of its JSON, a version's stage, a version's id. */
const SECRET_ARN = /^(arn:aws:secretsmanager:[^:]+:[^:]+:secret:[^:]+)(?::[^:]*){0,3}$/;
const PARAMETER_ARN = /^arn:aws:ssm:[^:]+:[^:]+:parameter\//;

/**
 * The values of a container's `secrets`, read with the execution role at each start of a task (aws-rules C16, C17). They are in the process's
 * environment and nowhere else.
 *
 * @throws ContainerStartError in the agent's words: no route, not allowed, no such value
 */
export function readSecrets(
  ports: ContainerStartPorts,
  definition: TaskDefinition,
  instance: Instance,
  taskId: string,
): Record<string, string> {
  const wanted = definition.container.secrets.map((secret) => ({ secret, place: placeOf(ports, secret) }));
  const role = ports.permissions.roleNameOfArn(definition.executionRoleArn ?? "");
  for (const { place } of wanted) {
    const route = ports.reachability.reachesService(instance.subnetId, instance.securityGroupIds, place.service);
    if (!route.ok) throw refusal(place, `RequestError: send request failed: ${route.reason}`);
    const action = ACTIONS[place.service];
    if (role === undefined || !ports.permissions.allows(role, action, place.arn)) {
      const user = `arn:aws:sts::${ports.context.accountId}:assumed-role/${role}/${taskId}`;
      throw refusal(
        place,
        `AccessDeniedException: User: ${user} is not authorized to perform: ${action} on resource: ${place.arn} because no identity-based policy allows the ${action} action`,
      );
    }
  }
  const found = wanted.map(({ secret, place }) => ({
    name: secret.name,
    place,
    value: ports.secrets?.value(secret.valueFrom),
  }));
  const missing = found.filter(({ value }) => value === undefined).map(({ place }) => place);
  if (missing.length > 0) throw notFound(missing);
  return Object.fromEntries(found.map(({ name, value }) => [name, value!]));
}

function placeOf({ context }: ContainerStartPorts, { valueFrom }: Secret): Place {
  const region = valueFrom.split(":")[3] ?? context.region;
  const secretArn = SECRET_ARN.exec(valueFrom)?.[1];
  if (secretArn) return { service: "secretsmanager", region, arn: secretArn, name: secretArn };
  if (PARAMETER_ARN.test(valueFrom)) {
    return { service: "ssm", region, arn: valueFrom, name: valueFrom.replace(PARAMETER_ARN, "/") };
  }
  // A bare name means a parameter of the same region.
  const arn = `arn:aws:ssm:${context.region}:${context.accountId}:parameter/${valueFrom.replace(/^\//, "")}`;
  return { service: "ssm", region: context.region, arn, name: valueFrom };
}

/** A call for parameters names all that do not exist; secrets are asked for one by one. */
function notFound(missing: Place[]): ContainerStartError {
  const parameters = missing.filter(({ service }) => service === "ssm");
  if (parameters[0])
    return refusal(parameters[0], `invalid parameters: ${parameters.map(({ name }) => name).join(",")}`);
  return refusal(missing[0]!, "ResourceNotFoundException: Secrets Manager can't find the specified secret.");
}

function refusal({ service, region, arn }: Place, why: string): ContainerStartError {
  return new ContainerStartError(
    service === "ssm"
      ? `Fetching secret data from SSM Parameter Store in ${region}: ${why}`
      : `Fetching secret data from AWS Secrets Manager in region ${region}: secret ${arn}: ${why}`,
  );
}
