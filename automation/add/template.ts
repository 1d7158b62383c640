import { join } from "node:path";
import { regionalArn } from "../../components/core/arn";
import { logGroupName, type Owner, queueName } from "../../components/core/names";
import { partitionOf } from "../../components/core/partition";
import type { Kind, ServiceSettings } from "../../components/settings/settings";
import { PACKAGE_DIRECTORY } from "../core/package-directory";
import { filesOf } from "../core/template-files";

/** Stands for the service's name in templates. */
const PLACEHOLDER = /__NAME__/g;

/** Returns the files of a new service, by path below its folder. */
export function serviceFiles(service: string, kind: Kind): Map<string, string> {
  const files = filesOf(join(PACKAGE_DIRECTORY, "templates", kind));
  return new Map([...files].map(([path, text]) => [path, text.replace(PLACEHOLDER, service)]));
}

/** Returns the block of settings for these files. */
export function serviceBlock(service: string, kind: Kind): Record<string, unknown> {
  if (kind === "job") return { kind, schedule: "rate(1 day)" };
  return {
    kind,
    ...(kind === "worker" && { queue: true }),
    size: 1,
    test: `node -r ts-node/register services/${service}/deploy-test/main.ts`,
  };
}

/** Returns the statements for the setting `iam` that allow what the test of these files calls on AWS. */
export function testStatements(service: string, kind: Kind, owner: Owner, region: string): ServiceSettings["iam"] {
  if (kind !== "worker") return [];
  // The statements name resources of any account, because the number of this one is not known here. No other account lets this role in.
  const account = { id: "*", region, partition: partitionOf(region) };
  const logGroup = regionalArn(account, "logs", `log-group:${logGroupName(owner, service)}`);
  return [
    { actions: ["sqs:SendMessage"], resources: [regionalArn(account, "sqs", queueName(owner, service))] },
    { actions: ["logs:FilterLogEvents"], resources: [`${logGroup}:*`] },
  ];
}
