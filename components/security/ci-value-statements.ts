import { parseReference } from "../core/secret-reference";
import { allow, arns, type KnownAccount, type Statement } from "./ci-statement";

/**
 * Statements for the values of secrets that a role reads, and for no other: URLs of webhooks, and the test header's
 * value.
 *
 * @param references where they are kept; those in the environment need no statement
 */
export function valueStatements(account: KnownAccount, references: readonly string[]): Statement[] {
  const own = arns(account);
  const kept = references.map(parseReference);
  const keptIn = (wanted: string) => kept.flatMap(({ store, name }) => (store === wanted ? [name] : []));
  const parameters = keptIn("ssm").map((name) => own("ssm", `parameter/${name.replace(/^\//, "")}`));
  // Secrets Manager appends a hyphen and six characters to the name.
  const secrets = keptIn("secretsmanager").map((name) => own("secretsmanager", `secret:${name}-??????`));
  return [
    ...(parameters.length + secrets.length > 0
      ? [
          allow("OpenAddresses", own("kms", "key/*"), ["kms:Decrypt"], {
            StringLike: { "kms:ViaService": ["secretsmanager.*.amazonaws.com", "ssm.*.amazonaws.com"] },
          }),
        ]
      : []),
    ...(parameters.length > 0 ? [allow("ReadAddresses", parameters, ["ssm:GetParameter"])] : []),
    ...(secrets.length > 0 ? [allow("ReadSecretAddresses", secrets, ["secretsmanager:GetSecretValue"])] : []),
  ];
}
