import type { CloudContext } from "../../kernel/context";
import { jsonProtocol } from "../../protocols/json";
import type { CloudService } from "../cloud-service";
import { logsOperations, logsPermissions } from "./api/logs";
import { CloudWatchLogs } from "./model/cloudwatch-logs";
import { logGroupType } from "./provider/log-group";
import { logResourcePolicyType } from "./provider/log-resource-policy";

/** @param directory of the log files */
export function createLogs(context: CloudContext, directory: string): CloudService<CloudWatchLogs> {
  const logs = new CloudWatchLogs(context, directory);
  return {
    model: logs,
    types: [logGroupType(logs), logResourcePolicyType(logs)],
    apis: {
      logs: { protocol: jsonProtocol, operations: logsOperations(logs), permissions: logsPermissions(context) },
    },
    close: () => logs.close(),
  };
}
