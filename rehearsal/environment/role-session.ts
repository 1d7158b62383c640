import { setTimeout as delay } from "node:timers/promises";
import type { CiOutputs } from "../../components/live/outputs";
import { AUDIENCE, type CiUse, deployRefs } from "../../components/security/ci-trust";
import type { Settings } from "../../components/settings/settings";
import { PROVIDER_PATH } from "../cloud/api/api";
import { tokenUrl } from "../cloud/api/job-tokens";
import { STACK } from "../cloud/settings-source";
import { rawOutputs } from "./state-file";

/** As the workflows ask for (.github/workflows). AWS seconds. */
const SESSION_SECONDS: Record<CiUse, number> = { deploy: 14_400, preview: 3_600 };
/** A new role is not visible at once (aws-rules I7): the workflows' action tries as often. */
const ATTEMPTS = 12;
const PAUSE_MS = 100;

/** The repository, and environment and refs of its deploys, whose jobs may take the roles, as in the setting `ci`. */
export type Jobs = Pick<NonNullable<Settings["ci"]>, "repository" | "environment" | "branch" | "deployRefs">;

/** The job of a workflow that takes a role, on the first of the refs. The environment's default is the stack's name. */
const jobOf = (use: CiUse, { repository, environment = STACK, ...jobs }: Jobs) =>
  use === "deploy" ? { repository, environment, ref: deployRefs(jobs)[0]!.replaceAll("*", "1") } : { repository };

/**
 * Takes a role as a job on GitHub does: with a token that says which job it is.
 * @param jobs undefined if there are no roles
 * @param variables those that lead to the cloud
 * @param directory the cloud's directory
 * @returns the variables with the role's keys; those given if the stack has no roles for CI
 * @throws Error with AWS's answer if the role does not trust the job
 */
export async function asRole(
  use: CiUse,
  jobs: Jobs | undefined,
  variables: Record<string, string>,
  directory: string,
): Promise<Record<string, string>> {
  const roles = await rolesIn(directory);
  if (!roles || !jobs) return variables;
  const endpoint = variables.AWS_ENDPOINT_URL!;
  const { value: token } = await json<{ value: string }>(
    `${tokenUrl(endpoint, jobOf(use, jobs))}&audience=${AUDIENCE}`,
  );
  const keys = await sessionOf(endpoint, roles[`${use}Role`], token, SESSION_SECONDS[use]);
  const { port } = await json<{ port: number }>(`${endpoint}${PROVIDER_PATH}${keys.AWS_ACCESS_KEY_ID}`);
  const providers = variables.PULUMI_DEBUG_PROVIDERS!.replace(/\baws:\d+/, `aws:${port}`);
  return { ...variables, ...keys, PULUMI_DEBUG_PROVIDERS: providers };
}

/** The output `ci` of the stack, as a person copies it to the workflows' variables. */
async function rolesIn(directory: string): Promise<CiOutputs | undefined> {
  return (await rawOutputs(directory)).ci as CiOutputs | undefined;
}

/** By hand, because the call has no signature: whoever makes it has no keys yet. */
async function sessionOf(endpoint: string, roleArn: string, token: string, seconds: number) {
  const body = new URLSearchParams({
    ...{ Action: "AssumeRoleWithWebIdentity", Version: "2011-06-15", RoleArn: roleArn, WebIdentityToken: token },
    ...{ RoleSessionName: "GitHubActions", DurationSeconds: String(seconds) },
  });
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(endpoint, { method: "POST", body });
    const text = await response.text();
    const elementOf = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? "";
    if (response.ok) {
      return {
        AWS_ACCESS_KEY_ID: elementOf("AccessKeyId"),
        AWS_SECRET_ACCESS_KEY: elementOf("SecretAccessKey"),
        AWS_SESSION_TOKEN: elementOf("SessionToken"),
      };
    }
    if (attempt === ATTEMPTS)
      throw new Error(`${roleArn} could not be taken: ${elementOf("Code")}: ${elementOf("Message")}`);
    await delay(PAUSE_MS);
  }
}

async function json<Answer>(url: string): Promise<Answer> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Answer;
}
