import type { ActionConfig } from "../../../data-plane/load-balancer/types";
import { AwsError } from "../../../kernel/aws-error";

/** An action in the form of CreateRule and CreateListener. */
export interface ActionInput {
  type: string;
  targetGroupArn?: string | undefined;
  forward?: { targetGroups: { arn: string; weight?: number | undefined }[] } | undefined;
  redirect?: RedirectInput | undefined;
  fixedResponse?:
    | { contentType: string; messageBody?: string | undefined; statusCode?: string | undefined }
    | undefined;
}

interface RedirectInput {
  statusCode: string;
  protocol?: string | undefined;
  host?: string | undefined;
  port?: string | undefined;
  path?: string | undefined;
  query?: string | undefined;
}

/** Target groups of one forward action (E19). */
const MAX_TARGET_GROUPS = 5;
/** Highest weight of a target group (E20). */
const MAX_WEIGHT = 999;
const FIXED_CONTENT_TYPES = ["text/plain", "text/css", "text/html", "application/javascript", "application/json"];

/**
 * Validates the actions of a rule or listener and returns the only one (E18).
 * @param listenerProtocol of the listener: HTTPS cannot be redirected to HTTP
 * @throws AwsError InvalidLoadBalancerAction or ValidationError
 */
export function parseActions(actions: readonly ActionInput[], listenerProtocol: "HTTP" | "HTTPS"): ActionConfig {
  const [action] = actions;
  if (!action) throw new AwsError("ValidationError", "A rule must have at least one action");
  if (actions.length > 1) {
    throw new AwsError(
      "InvalidLoadBalancerAction",
      "You must specify exactly one of these action types: forward, redirect, fixed-response, and it must be the last action",
    );
  }
  switch (action.type) {
    case "forward":
      return { type: "forward", targetGroups: parseForward(action) };
    case "redirect":
      return parseRedirect(action.redirect, listenerProtocol);
    case "fixed-response":
      return parseFixedResponse(action.fixedResponse);
    default:
      throw new AwsError(
        "InvalidLoadBalancerAction",
        `The rehearsal cloud has no action type '${action.type}'; known are forward, redirect, fixed-response`,
      );
  }
}

/** The ARNs of the target groups that the action forwards to. */
export function targetGroupsOf(action: ActionConfig): string[] {
  return action.type === "forward" ? action.targetGroups.map((group) => group.arn) : [];
}

function parseForward({ targetGroupArn, forward }: ActionInput): { arn: string; weight: number }[] {
  const groups = forward?.targetGroups ?? (targetGroupArn === undefined ? [] : [{ arn: targetGroupArn }]);
  if (groups.length === 0) {
    throw new AwsError("ValidationError", "A forward action must specify a target group");
  }
  if (targetGroupArn !== undefined && (groups.length !== 1 || groups[0]?.arn !== targetGroupArn)) {
    throw new AwsError(
      "ValidationError",
      "When both TargetGroupArn and ForwardConfig are specified, ForwardConfig must name the same single target group",
    );
  }
  if (groups.length > MAX_TARGET_GROUPS) {
    throw new AwsError(
      "ValidationError",
      `A forward action can name at most ${MAX_TARGET_GROUPS} target groups; given ${groups.length}`,
    );
  }
  if (new Set(groups.map((group) => group.arn)).size < groups.length) {
    throw new AwsError("ValidationError", "A forward action cannot name the same target group twice");
  }
  return groups.map(({ arn, weight }) => ({ arn, weight: parseWeight(weight, groups.length > 1) }));
}

function parseWeight(weight: number | undefined, required: boolean): number {
  if (weight === undefined && !required) return 1;
  if (weight === undefined || !Number.isInteger(weight) || weight < 0 || weight > MAX_WEIGHT) {
    throw new AwsError(
      "ValidationError",
      `The weight for each target group must be between 0 and ${MAX_WEIGHT}, inclusive`,
    );
  }
  return weight;
}

function parseRedirect(redirect: RedirectInput | undefined, listenerProtocol: "HTTP" | "HTTPS"): ActionConfig {
  if (!redirect) throw new AwsError("ValidationError", "A redirect action must have a RedirectConfig");
  const { statusCode, ...location } = redirect;
  if (statusCode !== "HTTP_301" && statusCode !== "HTTP_302") {
    throw new AwsError(
      "ValidationError",
      `The redirect status code must be HTTP_301 or HTTP_302; given '${statusCode}'`,
    );
  }
  const protocol = location.protocol ?? "#{protocol}";
  if (!["HTTP", "HTTPS", "#{protocol}"].includes(protocol)) {
    throw new AwsError(
      "ValidationError",
      `The redirect protocol must be HTTP, HTTPS or #{protocol}; given '${protocol}'`,
    );
  }
  // SDK-ELB RedirectActionConfig (V12); the words are ours.
  if (listenerProtocol === "HTTPS" && protocol === "HTTP") {
    throw new AwsError("InvalidLoadBalancerAction", "You cannot redirect HTTPS to HTTP");
  }
  const { host = "#{host}", port = "#{port}", path = "/#{path}", query = "#{query}" } = location;
  if (protocol === "#{protocol}" && host === "#{host}" && port === "#{port}" && path === "/#{path}") {
    throw new AwsError(
      "InvalidLoadBalancerAction",
      "The redirect must change at least one of protocol, host, port and path, or it would loop",
    );
  }
  return { type: "redirect", protocol, host, port, path, query, statusCode: statusCode === "HTTP_301" ? 301 : 302 };
}

function parseFixedResponse(fixed: ActionInput["fixedResponse"]): ActionConfig {
  if (!fixed) throw new AwsError("ValidationError", "A fixed-response action must have a FixedResponseConfig");
  const { contentType, messageBody = "", statusCode = "200" } = fixed;
  if (!/^[245]\d\d$/.test(statusCode)) {
    throw new AwsError(
      "ValidationError",
      `The fixed response status code must be 2XX, 4XX or 5XX; given '${statusCode}'`,
    );
  }
  if (!FIXED_CONTENT_TYPES.includes(contentType)) {
    throw new AwsError(
      "ValidationError",
      `The fixed response content type must be one of ${FIXED_CONTENT_TYPES.join(", ")}; given '${contentType}'`,
    );
  }
  return { type: "fixed-response", statusCode: Number(statusCode), contentType, messageBody };
}
