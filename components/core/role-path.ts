import type { Account } from "./account";

/**
 * Path of all IAM roles of a stack, such as `/aoshingo/prod/`. Policies name it to tell the roles that a deploy may
 * pass from all others.
 */
export function rolePath({ project, stack }: Pick<Account, "project" | "stack">): string {
  return `/${project}/${stack}/`;
}
