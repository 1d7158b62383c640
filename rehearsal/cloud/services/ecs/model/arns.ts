import type { CloudContext } from "../../../kernel/context";

type Place = Pick<CloudContext, "region" | "accountId">;

export function ecsArn({ region, accountId }: Place, resource: string): string {
  return `arn:aws:ecs:${region}:${accountId}:${resource}`;
}

/** What comes after the last slash: AWS takes a name wherever it takes an ARN. */
export function lastPart(nameOrArn: string): string {
  return nameOrArn.slice(nameOrArn.lastIndexOf("/") + 1);
}
