import { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import type { Logs, Permissions } from "../../../kernel/ports";
import type { Vpcs } from "./vpcs";

const SERVICE = "vpc-flow-logs.amazonaws.com";
/** What the service does in the log group; the guide to flow logs names them for the role. */
const NEEDED = ["logs:CreateLogStream", "logs:PutLogEvents"];

export interface FlowLogSettings {
  vpcId: string;
  trafficType: "ACCEPT" | "ALL" | "REJECT";
  /** ARN of a log group. */
  logDestination: string;
  iamRoleArn: string;
  maxAggregationInterval: number;
}

export interface FlowLog extends FlowLogSettings {
  id: string;
}

/**
 * Flow logs of networks, to CloudWatch Logs. They exist; records of connections are not written. A role that may not write is accepted, as AWS does, and
 * told in the cloud's log, where AWS shows "Access error" in the flow log's status.
 */
export class FlowLogs {
  readonly #byId = new Map<string, FlowLog>();

  constructor(
    private readonly context: CloudContext,
    private readonly parts: { vpcs: Vpcs; permissions: Permissions; logs: Logs },
  ) {}

  create(settings: FlowLogSettings): FlowLog {
    this.parts.vpcs.get(settings.vpcId);
    for (const { vpcId, trafficType, logDestination } of this.#byId.values()) {
      if (
        vpcId === settings.vpcId &&
        trafficType === settings.trafficType &&
        logDestination === settings.logDestination
      )
        throw new AwsError(
          "FlowLogAlreadyExists",
          "There is an existing Flow Log with the same configuration and log destination.",
        );
    }
    const flowLog = { ...settings, id: `fl-${this.context.random.hex(17)}` };
    this.#tellWhatFails(flowLog);
    this.#byId.set(flowLog.id, flowLog);
    return flowLog;
  }

  find(id: string): FlowLog | undefined {
    return this.#byId.get(id);
  }

  delete(id: string): void {
    this.#byId.delete(id);
  }

  #tellWhatFails({ id, iamRoleArn, logDestination }: FlowLog): void {
    const reason = this.#fault(iamRoleArn, logDestination);
    if (reason) this.context.log(`flow log ${id}: Access error: ${reason}`);
  }

  #fault(roleArn: string, logDestination: string): string | undefined {
    const { permissions, logs } = this.parts;
    const role = permissions.roleNameOfArn(roleArn);
    if (!role || !permissions.trusts(role, SERVICE)) return `${roleArn} cannot be assumed by ${SERVICE}`;
    if (!logs.exists(logDestination.split(":log-group:")[1] ?? "")) return `${logDestination} does not exist`;
    const missing = NEEDED.find((action) => !permissions.allows(role, action, `${logDestination}:log-stream:eni`));
    return missing && `${role} may not ${missing}`;
  }
}
