import * as aws from "@pulumi/aws";
import { type Owner, repositoryName } from "../core/names";
import { providerReason } from "../core/provider-reason";
import { hasTags, type Tags, tagsInWords } from "../core/tags";
import { UserError } from "../core/user-error";
import { CONFIG_NAMESPACE } from "../settings/problem";
import type { Settings } from "../settings/settings";

/** The provider's words for a repository that is not there. */
const NOT_THERE = /couldn't find resource|empty result|RepositoryNotFound/;

/**
 * Looks for repositories that services left in the account when they were removed, before anything is declared. A service
 * that comes back takes its own again, with its images: AWS would refuse to create a second one of the name.
 *
 * @param had services of the last run, whose repositories are in the stack; undefined before the first
 * @returns the names of services whose repository the stack takes again
 * @throws UserError with a line for each repository that has not this stack's tags, or cannot be looked up
 */
export async function findKeptRepositories(
  owner: Owner,
  services: Settings["services"],
  had: Readonly<Record<string, unknown>> = {},
): Promise<ReadonlySet<string>> {
  const kept = new Set<string>();
  const problems: string[] = [];
  await Promise.all(
    Object.keys(services)
      .filter((service) => !(service in had))
      .map(async (service) => {
        const name = repositoryName(owner, service);
        const problem = (why: string) =>
          problems.push(`${CONFIG_NAMESPACE}:services.${service}: its ECR repository ${name} ${why}`);
        try {
          const { arn, tags } = await aws.ecr.getRepository({ name });
          const wanted: Tags = { project: owner.project, stack: owner.stack, service };
          if (hasTags(tags, wanted)) kept.add(service);
          else problem(takenByAnother(name, arn, wanted));
        } catch (error) {
          const reason = providerReason(error);
          if (!NOT_THERE.test(reason)) problem(`cannot be looked up, wanted to know whether it is there: ${reason}`);
        }
      }),
  );
  if (problems.length > 0) throw new UserError(problems.sort().join("\n"));
  return kept;
}

function takenByAnother(name: string, arn: string, wanted: Tags): string {
  const given = Object.entries(wanted)
    .map(([Key, Value]) => `Key=${Key},Value=${Value}`)
    .join(" ");
  return (
    `is there already, and its tags do not say that it is this stack's, wanted ${tagsInWords(wanted)}: give the service another name, or the repository these tags ` +
    `(\`aws ecr tag-resource --resource-arn ${arn} --tags ${given}\`; the stack then takes it over with its images), or delete it ` +
    `(\`aws ecr delete-repository --repository-name ${name}\`)`
  );
}
