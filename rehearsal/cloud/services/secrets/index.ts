import type { CloudContext } from "../../kernel/context";
import { jsonProtocol } from "../../protocols/json";
import type { CloudService } from "../cloud-service";
import { secretsManagerOperations, secretsManagerPermissions } from "./api/secrets-manager";
import { ssmOperations, ssmPermissions } from "./api/ssm";
import { SecretStores } from "./model/secrets";
import { getParameter } from "./provider/get-parameter";
import { getSecret } from "./provider/get-secret";
import { getSecretVersion } from "./provider/get-secret-version";
import { secretType } from "./provider/secret";

/** Both services that hold secrets: SSM's Parameter Store and Secrets Manager. */
export function createSecrets(context: CloudContext): CloudService<SecretStores> {
  const secrets = new SecretStores(context);
  const { parameters, secretsManager } = secrets;
  return {
    model: secrets,
    types: [secretType(secretsManager)],
    functions: [getParameter(parameters), getSecret(secretsManager), getSecretVersion(secretsManager)],
    apis: {
      ssm: {
        protocol: jsonProtocol,
        operations: ssmOperations(parameters),
        permissions: ssmPermissions(context, parameters),
      },
      secretsmanager: {
        protocol: jsonProtocol,
        operations: secretsManagerOperations(secretsManager),
        permissions: secretsManagerPermissions(context, secretsManager),
      },
    },
  };
}
