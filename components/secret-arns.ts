import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account";

/**
 * Where ECS reads the values of a container's secrets: variable name to ARN. An SSM parameter's ARN follows from its name; that of a secret ends in
 * characters that only Secrets Manager knows, so it is looked up. Values are never read here.
 *
 * @param secrets variable name to `ssm:<name>` or `secretsmanager:<name>`
 */
export function secretArns(
  account: Account,
  secrets: Readonly<Record<string, string>>,
): Record<string, pulumi.Output<string>> {
  return Object.fromEntries(
    Object.entries(secrets).map(([variable, reference]) => [variable, arnOf(account, reference)]),
  );
}

function arnOf(account: Account, reference: string): pulumi.Output<string> {
  const [store, name] = splitOnce(reference, ":");
  if (store === "secretsmanager") return aws.secretsmanager.getSecretOutput({ name }).arn;
  return pulumi.interpolate`arn:aws:ssm:${account.region}:${account.id}:parameter/${name.replace(/^\//, "")}`;
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + separator.length)];
}
