import type { CloudContext } from "../../kernel/context";
import type { CloudService } from "../cloud-service";
import { cloudWatchOperations, cloudWatchProtocol } from "./api/cloudwatch";
import { CloudWatch } from "./model/cloudwatch";
import { metricAlarmType } from "./provider/metric-alarm";

export function createCloudWatch(context: CloudContext): CloudService<CloudWatch> {
  const cloudWatch = new CloudWatch(context);
  return {
    model: cloudWatch,
    types: [metricAlarmType(cloudWatch.alarms)],
    apis: { monitoring: { protocol: cloudWatchProtocol, operations: cloudWatchOperations(cloudWatch) } },
    close: () => cloudWatch.alarms.close(),
  };
}
