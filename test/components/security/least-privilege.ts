import type { Access } from "../../../rehearsal/cloud/api/authorisation";
import { isAllowed } from "../../../rehearsal/cloud/services/iam/model/evaluate";
import { parsePolicy, type Statement } from "../../../rehearsal/cloud/services/iam/model/policy-document";

/** What a role was asked for on one path, such as a deploy. */
export interface Asked extends Pick<Access, "action" | "resource" | "context"> {
  path: string;
}

export interface ActionUse {
  sid: string;
  action: string;
  /** The paths that fail without this action, each once; none if nothing needs it. */
  paths: string[];
}

/**
 * Takes each action out of a role's policies, one at a time, and plays what was asked for on each path.
 * @param policies the role's policies as JSON
 * @param keys condition keys of every call
 */
export function usesOf(
  policies: readonly string[],
  asked: readonly Asked[],
  keys: Record<string, string>,
): ActionUse[] {
  const documents = policies.flatMap((json) => (JSON.parse(json) as { Statement: { Sid: string }[] }).Statement);
  const statements = policies.flatMap((json) => parsePolicy(json, "identity"));
  const played = asked.filter((one) => holds(statements, one, keys));
  return statements.flatMap((statement, place) =>
    statement.actions.map((action) => {
      const without = { ...statement, actions: statement.actions.filter((other) => other !== action) };
      const reduced = statements.with(place, without);
      const failing = played.filter((one) => covers(statement, one) && !holds(reduced, one, keys));
      return { sid: documents[place]!.Sid, action, paths: [...new Set(failing.map(({ path }) => path))] };
    }),
  );
}

/** Only a request that a statement could concern is played again. */
function covers({ actions }: Statement, { action }: Asked): boolean {
  const service = `${action.slice(0, action.indexOf(":"))}:`;
  return actions.some((pattern) => pattern === "*" || pattern.startsWith(service));
}

function holds(statements: Statement[], { action, resource, context }: Asked, keys: Record<string, string>): boolean {
  return isAllowed(statements, { action, resource, context: { ...keys, ...context } }, () => {});
}
