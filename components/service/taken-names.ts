import * as aws from "@pulumi/aws";
import { COLOURS } from "../core/colour-name";
import { clusterName, deadLetterQueueName, type Owner, queueName } from "../core/names";
import { hasTags, type Tags, tagsInWords } from "../core/tags";
import { UserError } from "../core/user-error";
import type { ServiceOutputs } from "../live/outputs";
import { CONFIG_NAMESPACE } from "../settings/problem";
import type { Settings } from "../settings/settings";

/** The status of a cluster that was deleted. */
const DELETED = "INACTIVE";

/** What has a name already. */
interface Found {
  tags: Tags;
  /** The command that deletes it. */
  remedy: string;
}

interface Name {
  service: string;
  what: string;
  name: string;
  /** Null if nobody has the name. */
  find(name: string): Promise<Found | null>;
}

/**
 * Looks for clusters and queues with the names of those that the run would create, before anything is declared. ECS and SQS take
 * the creation of one that is there for done (aws-rules C53, C54), and two stacks can make the same name: the service `admin-api` of
 * the stack `prod`, and `api` of `prod-admin`. One with the stack's own tags is from a run that did not come to its end.
 *
 * @param had services of the last run; undefined before the first
 * @throws UserError with a line for each one that has not this stack's tags
 */
export async function refuseTakenNames(
  owner: Owner,
  services: Settings["services"],
  had: Readonly<Record<string, Pick<ServiceOutputs, "queue">>> = {},
): Promise<void> {
  const names = Object.entries(services).flatMap(([service, { queue }]): Name[] => [
    ...(service in had
      ? []
      : COLOURS.map((colour) => ({
          ...{ service, what: "ECS cluster", name: clusterName(owner, service, colour), find: findCluster },
        }))),
    ...(queue && !had[service]?.queue
      ? [queueName(owner, service), deadLetterQueueName(owner, service)].map((name) => ({
          ...{ service, what: "SQS queue", name, find: findQueue },
        }))
      : []),
  ]);
  const problems = (await Promise.all(names.map((one) => problemsOf(owner, one)))).flat();
  if (problems.length > 0) throw new UserError(problems.join("\n"));
}

async function problemsOf(owner: Owner, { service, what, name, find }: Name): Promise<string[]> {
  const path = `${CONFIG_NAMESPACE}:services.${service}: its ${what} ${name}`;
  const wanted: Tags = { project: owner.project, stack: owner.stack, service };
  // An error is how the provider says that it is not there. Where it is another one, the creation meets it, too, and says what it is.
  const found = await find(name).catch(() => null);
  if (found === null || hasTags(found.tags, wanted)) return [];
  return [
    `${path} is there already, and its tags do not say that it is this stack's, wanted ${tagsInWords(wanted)}: ` +
      `give the service another name, or, if nobody uses it, delete it (\`${found.remedy}\`)`,
  ];
}

async function findCluster(name: string): Promise<Found | null> {
  const { status, tags } = await aws.ecs.getCluster({ clusterName: name });
  return status === DELETED ? null : { tags, remedy: `aws ecs delete-cluster --cluster ${name}` };
}

async function findQueue(name: string): Promise<Found> {
  const { tags, url } = await aws.sqs.getQueue({ name });
  return { tags, remedy: `aws sqs delete-queue --queue-url ${url}` };
}
