import type { CiSettings } from "../settings/settings";

/** Issuer of the tokens of GitHub's jobs, without `https://`. */
export const GITHUB_ISSUER = "token.actions.githubusercontent.com";
/** Audience that `aws-actions/configure-aws-credentials` requests a token for. */
export const AUDIENCE = "sts.amazonaws.com";

/** What a role of CI may do: change what runs, or only read. */
export type CiUse = "deploy" | "preview";

/**
 * Trust policy of a role: only GitHub's tokens for AWS, and only those of the allowed jobs. The `sub` claim of a job in
 * an environment names no branch, so a deploy's `ref` claim is asked, too (aws-rules I18): else whoever can push a branch
 * could write a workflow that names the environment.
 *
 * @param environment the one in the settings, or the stack's name
 */
export function trustPolicy<Arn>(providerArn: Arn, use: CiUse, ci: CiSettings, environment: string) {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: providerArn },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            [`${GITHUB_ISSUER}:aud`]: AUDIENCE,
            [`${GITHUB_ISSUER}:sub`]: subjects(use, ci, environment),
          },
          // Every token of GitHub's has a ref. Where STS does not make it a condition key yet, as outside of AWS's commercial regions,
          // a condition without IfExists would let nobody deploy.
          ...(use === "deploy" ? { StringLikeIfExists: { [`${GITHUB_ISSUER}:ref`]: deployRefs(ci) } } : {}),
        },
      },
    ],
  };
}

/** Returns the Git refs whose jobs may deploy; `*` in them stands for any text. */
export function deployRefs({ branch, deployRefs: refs }: Pick<CiSettings, "branch" | "deployRefs">): readonly string[] {
  return refs ?? [branchRef(branch)];
}

/**
 * The `sub` claims of the jobs that may take a role. A deploy runs in the GitHub environment (and so has its
 * approval), a preview for a pull request or on the branch. The claims of a repository have one of two forms: with
 * names, or, if the repository was made or renamed since 15 July 2026 or was opted in, with names and the numbers
 * that are never reused: `repo:OWNER@ID/NAME@ID:...` (aws-rules I11-I12). Without `ids` only
 * the first form is allowed.
 */
function subjects(use: CiUse, ci: CiSettings, environment: string): string[] {
  const ends = use === "deploy" ? [`environment:${environment}`] : ["pull_request", `ref:${branchRef(ci.branch)}`];
  return repositories(ci).flatMap((repository) => ends.map((end) => `repo:${repository}:${end}`));
}

function branchRef(branch: string): string {
  return `refs/heads/${branch}`;
}

function repositories({ repository, ids }: CiSettings): string[] {
  if (!ids) return [repository];
  const [owner, name] = repository.split("/");
  return [repository, `${owner}@${ids.owner}/${name}@${ids.repository}`];
}
