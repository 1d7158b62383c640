import type { CloudContext } from "../../../kernel/context";

type Account = Pick<CloudContext, "region" | "accountId">;

export function ecsArn({ region, accountId }: Account, resource: string): string {
  return `arn:aws:ecs:${region}:${accountId}:${resource}`;
}

/** Returns the part after the last slash: ECS accepts a name wherever it accepts an ARN. */
export function lastPart(nameOrArn: string): string {
  return nameOrArn.slice(nameOrArn.lastIndexOf("/") + 1);
}
