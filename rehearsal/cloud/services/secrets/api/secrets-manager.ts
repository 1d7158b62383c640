import { z } from "zod";
import { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import { type Input, type Operation, operation } from "../../../protocols/service";
import type { RequiredPermission } from "../../cloud-service";
import type { Secret, SecretsManager } from "../model/secrets-manager";

const DEFAULT_RECOVERY_DAYS = 30;
const SecretId = z.string();
const VersionId = z.string().optional();
const VersionStage = z.string().optional();

export function secretsManagerOperations(secretsManager: SecretsManager): Record<string, Operation> {
  return {
    CreateSecret: operation(
      {
        Name: z.string(),
        SecretString: z.string().optional(),
        Description: z.string().optional(),
        // The SDK adds one, so that a repeated request is one secret; nothing here depends on it.
        ClientRequestToken: z.string().optional(),
      },
      ({ Name, SecretString, Description }) => {
        const { arn, name, versions } = secretsManager.create(Name, SecretString, Description);
        return { ARN: arn, Name: name, VersionId: versions[0]?.id };
      },
    ),
    DescribeSecret: operation({ SecretId }, ({ SecretId: id }) => {
      const secret = secretsManager.get(id);
      return {
        ARN: secret.arn,
        Name: secret.name,
        Description: secret.description,
        CreatedDate: secret.createdAtMs / 1000,
        LastChangedDate: secret.changedAtMs / 1000,
        DeletedDate: secret.deletedAtMs === null ? undefined : secret.deletedAtMs / 1000,
        OwningService: secret.owningService,
        RotationEnabled: secret.owningService !== undefined,
        VersionIdsToStages: labelledVersions(secret),
      };
    }),
    PutSecretValue: operation(
      { SecretId, SecretString: z.string(), ClientRequestToken: z.string().optional() },
      ({ SecretId: id, SecretString }) => {
        const { secret, version } = secretsManager.put(id, SecretString);
        return { ARN: secret.arn, Name: secret.name, VersionId: version.id, VersionStages: version.stages };
      },
    ),
    GetSecretValue: operation({ SecretId, VersionId, VersionStage }, (input) => {
      const { secret, version } = secretsManager.read(input.SecretId, {
        ...(input.VersionId && { versionId: input.VersionId }),
        ...(input.VersionStage && { stage: input.VersionStage }),
      });
      return {
        ARN: secret.arn,
        Name: secret.name,
        SecretString: version.value,
        VersionId: version.id,
        VersionStages: version.stages,
        CreatedDate: secret.createdAtMs / 1000,
      };
    }),
    DeleteSecret: operation(
      {
        SecretId,
        RecoveryWindowInDays: z.int().min(7).max(30).optional(),
        ForceDeleteWithoutRecovery: z.boolean().default(false),
      },
      ({ SecretId: id, RecoveryWindowInDays, ForceDeleteWithoutRecovery }) => {
        if (ForceDeleteWithoutRecovery && RecoveryWindowInDays !== undefined) {
          throw new AwsError(
            "InvalidParameterException",
            "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
          );
        }
        const days = ForceDeleteWithoutRecovery ? null : (RecoveryWindowInDays ?? DEFAULT_RECOVERY_DAYS);
        const { arn, name, deletedAtMs } = secretsManager.delete(id, days);
        return { ARN: arn, Name: name, DeletionDate: deletedAtMs! / 1000 };
      },
    ),
  };
}

/** Versions without a label are not described. */
function labelledVersions({ versions }: Secret): Record<string, string[]> | undefined {
  const labelled = versions.filter(({ stages }) => stages.length > 0);
  return labelled.length === 0 ? undefined : Object.fromEntries(labelled.map(({ id, stages }) => [id, stages]));
}

/** By operation. */
export function secretsManagerPermissions(
  { region, accountId }: CloudContext,
  secretsManager: SecretsManager,
): Record<string, (input: Input) => RequiredPermission[]> {
  const onSecret = (action: string, id: unknown): RequiredPermission[] => [
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
    PutSecretValue: ({ SecretId }) => onSecret("PutSecretValue", SecretId),
    GetSecretValue: ({ SecretId }) => onSecret("GetSecretValue", SecretId),
    DeleteSecret: ({ SecretId }) => onSecret("DeleteSecret", SecretId),
  };
}
