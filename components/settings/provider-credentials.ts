import { withoutSecrets } from "./problem";

/** Settings of Pulumi's AWS provider that choose credentials, and what everything on this machine obeys in their place. */
const INSTEAD: Readonly<Record<string, string>> = {
  "aws:profile": "set AWS_PROFILE",
  "aws:accessKey": "set AWS_ACCESS_KEY_ID",
  "aws:secretKey": "set AWS_SECRET_ACCESS_KEY",
  "aws:token": "set AWS_SESSION_TOKEN",
  "aws:assumeRole": "set AWS_PROFILE to a profile that has role_arn",
  "aws:assumeRoles": "set AWS_PROFILE to a profile that has role_arn",
  "aws:assumeRoleWithWebIdentity": "set AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE",
  "aws:sharedConfigFiles": "set AWS_CONFIG_FILE",
  "aws:sharedCredentialsFiles": "set AWS_SHARED_CREDENTIALS_FILE",
};
/** The one whose value is no secret. */
const SHOWN = "aws:profile";

/**
 * Returns a line for each setting that chooses AWS credentials. Only Pulumi's provider would obey it: the calls that a deploy makes beside it,
 * and those to the state and to its key, would be made with other credentials, perhaps in another account.
 * @param config values by key with the namespace, such as `aws:region`
 */
export function providerCredentialProblems(config: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(INSTEAD)
    .filter(([key]) => Object.hasOwn(config, key))
    .map(([key, instead]) => {
      const given = key === SHOWN ? JSON.stringify(config[key], withoutSecrets) : "a value that is not shown";
      return `${key}: given ${given}, wanted no value: ${instead} instead`;
    });
}
