import { z } from "zod";
import { object, oneOf, text } from "./forms";
import { Statement } from "./statement";

/** A number from GitHub's API: `gh api repos/OWNER/NAME --jq "{owner: .owner.id, repository: .id}"`. */
const gitHubId = () => z.int({ error: "a number that GitHub gave" }).min(1, "a number that GitHub gave");
const REPOSITORY_WANTED = "a repository as GitHub spells it: owner/name";
const ENVIRONMENT_WANTED = "the name of an environment on GitHub: letters, digits, dots, hyphens and underscores";
/** A trust policy has 2,048 characters (aws-rules I4). */
const REFS_WANTED = "a list of 1 to 10 Git refs";
const REF_WANTED = "a Git ref of branches or tags, such as refs/heads/main or refs/tags/v*";
const KEY_WANTED = "the ARN of a KMS key";

export const Ci = object({
  repository: text(/^[A-Za-z0-9-]+\/[\w.-]+$/, REPOSITORY_WANTED).describe(
    "Repository whose jobs may take the roles, as GitHub spells it: case matters.",
  ),
  ids: object({
    owner: gitHubId().describe("Number of the account or organisation that owns the repository."),
    repository: gitHubId().describe("Number of the repository."),
  })
    .describe(
      "Numbers of owner and repository. Required for a repository made since 15 July 2026, whose tokens have them.",
    )
    .optional(),
  environment: text(/^[\w.-]{1,255}$/, ENVIRONMENT_WANTED)
    .describe("The GitHub environment in which deploys run. Default: the stack's name.")
    .optional(),
  branch: text(/^[\w./-]+$/, "the name of a branch")
    .describe("Branch whose jobs may check for drift, and deploy if `deployRefs` names no others.")
    .default("main"),
  deployRefs: z
    .array(text(/^refs\/(?:heads|tags)\/[\w./*@+#-]+$/, REF_WANTED), { error: REFS_WANTED })
    .min(1, REFS_WANTED)
    .max(10, REFS_WANTED)
    .describe("Git refs whose jobs may deploy, in place of the branch; `*` stands for any text.")
    .optional(),
  provider: oneOf(["create", "existing"])
    .describe("An account has one OIDC provider for GitHub: create it, or use the one that another stack created.")
    .default("create"),
  stateBucket: text(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "the name of a bucket")
    .describe("The bucket with Pulumi's state, for a backend in S3.")
    .optional(),
  secretsKey: text(/^arn:aws[\w-]*:kms:\S+:key\/\S+$/, KEY_WANTED)
    .describe("The KMS key of the stack's secrets, for a secrets provider with KMS.")
    .optional(),
  iam: z
    .array(Statement, { error: "a list of maps of actions and resources" })
    .describe("AWS actions that services' tests call: statements of the deploy role.")
    .default([]),
  previewIam: z
    .array(Statement, { error: "a list of maps of actions and resources" })
    .describe(
      "AWS actions that read a program's own resources: statements of the preview role, which any branch's pull request may take.",
    )
    .optional(),
});
