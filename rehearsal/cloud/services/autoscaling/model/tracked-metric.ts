import { AwsError } from "../../../kernel/aws-error";

/** The predefined metrics that target tracking follows here. AWS has two more, for the network. */
export const METRIC_TYPES = ["ASGAverageCPUUtilization", "ALBRequestCountPerTarget"] as const;

export interface TrackedMetric {
  metricType: (typeof METRIC_TYPES)[number];
  /** Names the target group whose requests count, and its load balancer: `app/<name>/<id>/targetgroup/<name>/<id>`. */
  resourceLabel?: string | undefined;
}

const LABEL = /^(app\/[^/]+\/[^/]+)\/(targetgroup\/[^/]+\/[^/]+)$/;

/**
 * Checks whether Auto Scaling takes a metric. AWS's words about a superfluous or malformed label are not known.
 * @param isAttached whether a label's target group is one of the Auto Scaling group's
 * @throws AwsError `ValidationError` (A27)
 */
export function checkMetric(metric: TrackedMetric, isAttached: (resourceLabel: string) => boolean): void {
  const { metricType, resourceLabel } = metric;
  if (metricType !== "ALBRequestCountPerTarget") {
    if (resourceLabel === undefined) return;
    throw new AwsError("ValidationError", `Resource label is not valid for predefined metric type ${metricType}`);
  }
  if (resourceLabel === undefined) {
    throw new AwsError(
      "ValidationError",
      "Resource label should be specified for predefined metric type ALBRequestCountPerTarget",
    );
  }
  if (!LABEL.test(resourceLabel)) {
    throw new AwsError("ValidationError", `Resource label '${resourceLabel}' is not valid`);
  }
  if (!isAttached(resourceLabel)) {
    throw new AwsError("ValidationError", "Target group not attached to the Auto Scaling group");
  }
}

/** The dimensions under which a target group's requests are in CloudWatch. */
export function dimensionsOf(resourceLabel: string): { LoadBalancer: string; TargetGroup: string } {
  const [, LoadBalancer = "", TargetGroup = ""] = LABEL.exec(resourceLabel) ?? [];
  return { LoadBalancer, TargetGroup };
}

/**
 * How many targets share the requests: the healthy ones, or all that are registered if none is healthy (A28). 0 if none
 * is registered.
 */
export function sharers(targets: readonly { state: string }[]): number {
  const registered = targets.filter(({ state }) => state !== "draining");
  return registered.filter(({ state }) => state === "healthy").length || registered.length;
}
