import { object, SECRET, text } from "./forms";

/** Matches where a URL for notifications is kept. The URL itself is a secret: anyone who has it can post to it. */
const KEPT_ADDRESS = new RegExp(`^env:[A-Za-z_][A-Za-z0-9_]*$|${SECRET.source}`);
const TOPIC = /^arn:aws[\w-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/;
const REPOSITORY = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})\/[\w.-]{1,100}$/;

const ADDRESS_WANTED =
  "where the URL is kept, such as env:SLACK_WEBHOOK, ssm:/prod/slack-webhook or secretsmanager:prod/slack-webhook";

export const NOTIFY_WANTED = "a list of maps with one of webhook, slack, sns and githubDeployment each";

export const Notify = object({
  webhook: text(KEPT_ADDRESS, ADDRESS_WANTED)
    .describe("Where the URL is kept (env:, ssm: or secretsmanager:) that gets each notification as JSON by POST.")
    .optional(),
  slack: text(KEPT_ADDRESS, ADDRESS_WANTED)
    .describe("Where the URL of an incoming webhook of Slack is kept, in the same ways.")
    .optional(),
  sns: text(TOPIC, "the ARN of an SNS topic")
    .describe(
      "ARN of an SNS topic. The alarms of jobs tell it, too, if it is in the stack's region and CloudWatch may publish to it.",
    )
    .optional(),
  githubDeployment: text(REPOSITORY, "a repository on GitHub, as owner/name")
    .describe("Repository whose deployments show the runs; the variable GITHUB_TOKEN has the token.")
    .optional(),
})
  .refine((one) => Object.keys(one).length === 1, { error: NOTIFY_WANTED, when: ({ issues }) => issues.length === 0 })
  .meta({ minProperties: 1, maxProperties: 1 });
