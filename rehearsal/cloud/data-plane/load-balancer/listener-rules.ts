import type { ActionConfig, ListenerConfig } from "./types";

/** One listener's rules, ready to be asked once per request. */
export interface ListenerRules {
  rules: { hosts: RegExp[]; paths: RegExp[]; action: ActionConfig }[];
  defaultAction: ActionConfig;
}

/** Sorts by priority as ELB does (aws-rules E15), whatever order they came in. */
export function compileRules(listener: Pick<ListenerConfig, "rules" | "defaultAction">): ListenerRules {
  const sorted = [...listener.rules].sort((one, two) => one.priority - two.priority);
  return {
    rules: sorted.map((rule) => ({
      hosts: rule.hostHeaders.map((pattern) => compilePattern(pattern, "i")),
      paths: rule.pathPatterns.map((pattern) => compilePattern(pattern, "")),
      action: rule.action,
    })),
    defaultAction: listener.defaultAction,
  };
}

/**
 * The action of the first rule that matches, or the default action (E15).
 * @param hostHeader as the client sent it; a port in it does not count
 * @param url the request target, path and query; only the path is matched, with its case
 */
export function findAction(listener: ListenerRules, hostHeader: string, url: string): ActionConfig {
  const host = hostHeader.replace(/:\d+$/, "");
  const queryAt = url.indexOf("?");
  const path = queryAt < 0 ? url : url.slice(0, queryAt);
  for (const rule of listener.rules) {
    if (matchesAny(rule.hosts, host) && matchesAny(rule.paths, path)) return rule.action;
  }
  return listener.defaultAction;
}

/** The target groups that an action can send requests to. */
function targetGroupsOf(action: ActionConfig): string[] {
  return action.type === "forward" ? action.targetGroups.map((group) => group.arn) : [];
}

/** Every target group that the listener names. A group that no listener names is `unused` (E30). */
export function targetGroupsNamedBy(listener: ListenerRules): string[] {
  return [listener.defaultAction, ...listener.rules.map((rule) => rule.action)].flatMap(targetGroupsOf);
}

/** `*` is any number of characters, `?` exactly one; no other character is special (E17). */
export function compilePattern(pattern: string, flags: "i" | ""): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replace(/\?/g, ".");
  return new RegExp(`^${source}$`, `${flags}s`);
}

function matchesAny(patterns: RegExp[], text: string): boolean {
  return patterns.length === 0 || patterns.some((pattern) => pattern.test(text));
}
