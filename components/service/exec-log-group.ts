import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Account } from "../core/account";
import { execLogGroupPrefix } from "../core/names";
import type { Tags } from "../core/tags";
import type { ServiceSettings, Settings } from "../settings/settings";

/**
 * Creates the log group of a service's sessions of ECS Exec: what was typed and what was printed, one stream for each
 * session. Without `deletionProtection: false` it stays in the account when the setting is removed, so that nobody takes
 * the record of what they did away with it; its name has an end of its own, so that setting it again makes a new one.
 *
 * Cost: logs 0.76 USD for each GB written in ap-northeast-1 (aws.amazon.com/cloudwatch/pricing).
 */
export function createExecLogGroup(
  parent: pulumi.Resource,
  name: string,
  args: {
    account: Account;
    service: Pick<ServiceSettings, "logRetentionDays">;
    settings: Pick<Settings, "deletionProtection">;
    tags: Tags;
  },
): aws.cloudwatch.LogGroup {
  return new aws.cloudwatch.LogGroup(
    `${name}-exec`,
    {
      namePrefix: execLogGroupPrefix(args.account, name),
      retentionInDays: args.service.logRetentionDays,
      skipDestroy: args.settings.deletionProtection,
      tags: args.tags,
    },
    { parent },
  );
}
