import type { RequiredPermission } from "../../services/cloud-service";

/** Principals of the services that roles are handed to. */
export const EC2 = "ec2.amazonaws.com";
export const TASKS = "ecs-tasks.amazonaws.com";
export const LAMBDA = "lambda.amazonaws.com";
export const SCHEDULER = "scheduler.amazonaws.com";

/** What handing roles to a service needs (aws-rules I8). */
export function passing(service: string, ...roleArns: unknown[]): RequiredPermission[] {
  return roleArns.flatMap((arn) =>
    typeof arn === "string"
      ? [{ action: "iam:PassRole", resource: arn, context: { "iam:passedtoservice": service } }]
      : [],
  );
}

/** What calls need whose actions take no resource, or cover all. */
export function onAll(...actions: string[]): RequiredPermission[] {
  return actions.map((action) => ({ action, resource: "*" }));
}

export function on(resource: string, ...actions: string[]): RequiredPermission[] {
  return actions.map((action) => ({ action, resource }));
}

/** Condition keys of the tags that a request gives to a new resource. */
export function requestTags(tags: Readonly<Record<string, string>> = {}): Record<string, string | string[]> {
  const keys = Object.entries(tags).map(([key, value]) => [`aws:requesttag/${key.toLowerCase()}`, value]);
  return { ...Object.fromEntries(keys), "aws:tagkeys": Object.keys(tags) };
}
