import type { CiSettings } from "../settings/settings";

/** Who issues the tokens of GitHub's jobs, without `https://`. */
export const GITHUB_ISSUER = "token.actions.githubusercontent.com";
/** What `aws-actions/configure-aws-credentials` asks a token for. */
export const AUDIENCE = "sts.amazonaws.com";

/** What a role of CI is for: changing what runs, or only looking. */
export type CiUse = "deploy" | "preview";

/**
 * The `sub` claims of the jobs that may take a role. A deploy's job runs in the GitHub environment (whose approval it then had), a preview's for a pull
 * request or on the branch. A repository has one of two forms: by names, or, if it was made or renamed since 15 July 2026 or was opted in, by names with
 * the numbers that are never given twice: `repo:OWNER@ID/NAME@ID:...` (docs.github.com, OpenID Connect reference). Without `ids` only the first is known.
 *
 * @param environment the settings' own, or the stack's name
 */
export function subjects(use: CiUse, ci: CiSettings, environment: string): string[] {
  const ends = use === "deploy" ? [`environment:${environment}`] : ["pull_request", `ref:refs/heads/${ci.branch}`];
  return repositories(ci).flatMap((repository) => ends.map((end) => `repo:${repository}:${end}`));
}

/** Trust policy of a role: GitHub's tokens that were made for AWS, of these jobs and of no others. */
export function trustPolicy<Arn>(providerArn: Arn, allowed: readonly string[]) {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: providerArn },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: { StringEquals: { [`${GITHUB_ISSUER}:aud`]: AUDIENCE, [`${GITHUB_ISSUER}:sub`]: allowed } },
      },
    ],
  };
}

function repositories({ repository, ids }: CiSettings): string[] {
  if (!ids) return [repository];
  const [owner, name] = repository.split("/");
  return [repository, `${owner}@${ids.owner}/${name}@${ids.repository}`];
}
