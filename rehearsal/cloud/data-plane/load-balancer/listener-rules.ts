import type { ActionConfig, ListenerConfig } from "./types";

/** The compiled rules of one listener. */
export interface ListenerRules {
  rules: { priority: number; hosts: RegExp[]; paths: RegExp[]; headers: HeaderMatch[]; action: ActionConfig }[];
  defaultAction: ActionConfig;
}

interface HeaderMatch {
  /** In lower case. */
  name: string;
  values: RegExp[];
}

/** Headers of a request by their names in lower case, as Node has them. */
type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Compiles a listener's rules and sorts them by priority, as ELB does (aws-rules E15). */
export function compileRules(listener: Pick<ListenerConfig, "rules" | "defaultAction">): ListenerRules {
  const sorted = [...listener.rules].sort((one, two) => one.priority - two.priority);
  return {
    rules: sorted.map((rule) => ({
      priority: rule.priority,
      hosts: [
        ...rule.hostHeaders.map((pattern) => compilePattern(pattern, "i")),
        ...rule.hostRegexes.map((regex) => new RegExp(regex)),
      ],
      paths: rule.pathPatterns.map((pattern) => compilePattern(pattern, "")),
      headers: rule.httpHeaders.map(({ name, values }) => ({
        name: name.toLowerCase(),
        values: values.map((pattern) => compilePattern(pattern, "i")),
      })),
      action: rule.action,
    })),
    defaultAction: listener.defaultAction,
  };
}

/** An action, and the priority of its rule; 0 for the default action. */
interface FoundAction {
  priority: number;
  action: ActionConfig;
}

/**
 * Returns the action of the first rule that matches, or the default action (E15).
 * @param host the Host header as AWS gets it, with its port if it has one (E60)
 * @param url the request target: path and query. Only the path is matched, case-sensitively
 */
export function findAction(
  listener: ListenerRules,
  host: string,
  url: string,
  headers: RequestHeaders = {},
): FoundAction {
  const queryAt = url.indexOf("?");
  const path = queryAt < 0 ? url : url.slice(0, queryAt);
  for (const rule of listener.rules) {
    if (
      matchesAny(rule.hosts, host) &&
      matchesAny(rule.paths, path) &&
      rule.headers.every((one) => hasHeader(headers, one))
    )
      return rule;
  }
  return { priority: 0, action: listener.defaultAction };
}

/** Returns the ARNs of the target groups that an action can send requests to. */
function targetGroupsOf(action: ActionConfig): string[] {
  return action.type === "forward" ? action.targetGroups.map((group) => group.arn) : [];
}

/**
 * Returns the ARNs of all target groups that the listener names. The targets of a group that no listener names are
 * `unused` (E30).
 */
export function targetGroupsNamedBy(listener: ListenerRules): string[] {
  return [listener.defaultAction, ...listener.rules.map((rule) => rule.action)].flatMap(targetGroupsOf);
}

/**
 * Compiles a pattern in which `*` is any number of characters and `?` exactly one; no other character is special
 * (E17).
 */
export function compilePattern(pattern: string, flags: "i" | ""): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replace(/\?/g, ".");
  return new RegExp(`^${source}$`, `${flags}s`);
}

function hasHeader(headers: RequestHeaders, { name, values }: HeaderMatch): boolean {
  return [headers[name] ?? []].flat().some((text) => values.some((pattern) => pattern.test(text)));
}

function matchesAny(patterns: RegExp[], text: string): boolean {
  return patterns.length === 0 || patterns.some((pattern) => pattern.test(text));
}
