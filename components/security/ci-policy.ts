import { bucketArn } from "../core/arn";
import type { CiSettings } from "../settings/settings";
import { deployStatements } from "./ci-deploy-statements";
import { readStatements } from "./ci-read-statements";
import { allow, givenStatements, type KnownAccount, type RightsArgs, type Statement } from "./ci-statement";
import type { CiUse } from "./ci-trust";
import { valueStatements } from "./ci-value-statements";

/**
 * The inline policies of both roles of CI, by the role's use and the end of the policy's name. Separate policies,
 * because a policy's name shows what is wrong.
 */
export function ciPolicies(rights: RightsArgs, ci: CiSettings) {
  const { account, testHeader } = rights;
  return {
    deploy: {
      read: readStatements("deploy", rights),
      change: [...deployStatements(rights, ci), ...stateStatements("write", account, ci)],
    },
    preview: {
      read: [
        ...readStatements("preview", rights),
        ...valueStatements(account, testHeader ? [testHeader.value] : []),
        ...stateStatements("read", account, ci),
        ...givenStatements("Own", ci.previewIam),
      ],
    },
  } satisfies Record<CiUse, Record<string, Statement[]>>;
}

/**
 * Statements for Pulumi's state in a bucket, and for the key of its secrets. A deploy writes this stack's files alone
 * (their places: pulumi/pulumi, pkg/backend/diy). A preview takes no lock and writes nothing. Empty if the settings
 * name neither.
 */
function stateStatements(use: "read" | "write", account: KnownAccount, ci: CiSettings): Statement[] {
  const { stateBucket, secretsKey } = ci;
  const key = secretsKey ? [allow("StateKey", secretsKey, ["kms:Decrypt"])] : [];
  if (!stateBucket) return key;
  const { project, stack } = account;
  const bucket = bucketArn(account, stateBucket);
  const own = [
    ...["history", "backups", "locks/organization"].map(
      (folder) => `${bucket}/.pulumi/${folder}/${project}/${stack}/*`,
    ),
    `${bucket}/.pulumi/stacks/${project}/${stack}.*`,
  ];
  return [
    allow("FindState", bucket, ["s3:ListBucket"]),
    allow("ReadState", [`${bucket}/.pulumi/meta.yaml`, ...own], ["s3:GetObject"]),
    ...(use === "write" ? [allow("WriteState", own, ["s3:DeleteObject", "s3:PutObject"])] : []),
    ...key,
  ];
}
