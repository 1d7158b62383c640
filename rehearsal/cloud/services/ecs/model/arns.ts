import type { CloudContext } from "../../../kernel/context";

type Account = Pick<CloudContext, "region" | "accountId">;

export function ecsArn({ region, accountId }: Account, resource: string): string {
  return `arn:aws:ecs:${region}:${accountId}:${resource}`;
}
