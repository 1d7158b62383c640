import { UserError } from "../../components/core/user-error";
import { problem } from "../../components/settings/problem";
import { METRIC_PERIOD_SECONDS, PERIOD_WANTED } from "../../components/settings/schema/deploy";
import type { Settings } from "../../components/settings/settings";
import { isStandIn } from "./stand-in";

/**
 * A shorter period than a minute is for a stand-in for AWS, whose time runs faster: CloudWatch refuses to read by it (aws-rules W23), after the cutover
 * and on the way back.
 * @throws UserError for such a period on AWS
 */
export function assertMetricPeriod(
  { deploy: { metricPeriodSeconds } }: Settings,
  environment: Readonly<NodeJS.ProcessEnv>,
): void {
  if (metricPeriodSeconds >= METRIC_PERIOD_SECONDS || isStandIn(environment)) return;
  throw new UserError(problem(["deploy", "metricPeriodSeconds"], metricPeriodSeconds, PERIOD_WANTED));
}
