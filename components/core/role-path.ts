import type { Account } from "./account";

/** Path of all roles of a stack, `/aoshingo/prod/`: by it the roles that a deploy may pass are told from all others. */
export function rolePath({ project, stack }: Pick<Account, "project" | "stack">): string {
  return `/${project}/${stack}/`;
}
