import type { ProtocolVersion } from "../../../data-plane/load-balancer/types";
import { AwsError } from "../../../kernel/aws-error";
import type { TargetGroupSettings } from "./state";

/**
 * Checks the settings of a target group as ELB does.
 * @throws AwsError ValidationError (E26, E27, E37, E57)
 */
export function checkTargetGroupSettings(
  { healthCheck, deregistrationDelaySeconds }: TargetGroupSettings,
  protocolVersion: ProtocolVersion,
): void {
  checkRange("Health check interval", healthCheck.intervalSeconds, 5, 300);
  checkRange("Health check timeout", healthCheck.timeoutSeconds, 2, 120);
  checkRange("Healthy threshold count", healthCheck.healthyThreshold, 2, 10);
  checkRange("Unhealthy threshold count", healthCheck.unhealthyThreshold, 2, 10);
  if (healthCheck.intervalSeconds <= healthCheck.timeoutSeconds) {
    throw invalid("Health check interval must be greater than the timeout.");
  }
  if (!healthCheck.path.startsWith("/") || healthCheck.path.length > 1024) {
    throw invalid(`Health check path '${healthCheck.path}' must begin with '/' and have at most 1024 characters`);
  }
  if (protocolVersion === "GRPC") checkCodes(healthCheck.matcher, "GRPC", /^(\d{1,2})(?:-(\d{1,2}))?$/, 0, 99);
  else checkCodes(healthCheck.matcher, "HTTP", /^(\d{3})(?:-(\d{3}))?$/, 200, 499);
  checkRange("Deregistration delay", deregistrationDelaySeconds, 0, 3600);
}

/** Checks the codes of a matcher, which are statuses of HTTP or of gRPC. */
function checkCodes(matcher: string, kind: "HTTP" | "GRPC", form: RegExp, least: number, most: number): void {
  const parts = matcher.split(",").map((part) => form.exec(part));
  for (const part of parts) {
    const low = Number(part?.[1]);
    const high = Number(part?.[2] ?? part?.[1]);
    if (!part || low < least || high > most || low > high) {
      throw invalid(`Health check matcher ${kind} code '${matcher}' must be within '${least}-${most}' inclusive`);
    }
  }
}

function checkRange(name: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw invalid(`${name} '${value}' must be a whole number between ${min} and ${max}`);
}

function invalid(message: string): AwsError {
  return new AwsError("ValidationError", message);
}
