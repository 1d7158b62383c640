import { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import type { Logs, Permissions } from "../../../kernel/ports";
import type { Vpcs } from "./vpcs";

const SERVICE = "vpc-flow-logs.amazonaws.com";
/** The actions that the role needs on the log group, as AWS's guide to flow logs lists them. */
const REQUIRED_ACTIONS = ["logs:CreateLogStream", "logs:PutLogEvents"];

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
 * Flow logs of VPCs to CloudWatch Logs. The cloud keeps them, and writes one record, of a network without data, so that
 * it shows that the role can write. Like AWS, it refuses a role that the service cannot assume, and accepts one that
 * cannot write: AWS then shows "Access error" as the flow log's status, and this cloud writes it to its log.
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
    this.#checkRole(settings.iamRoleArn);
    const flowLog = { ...settings, id: `fl-${this.context.random.hex(17)}` };
    this.#deliver(flowLog);
    this.#byId.set(flowLog.id, flowLog);
    return flowLog;
  }

  find(id: string): FlowLog | undefined {
    return this.#byId.get(id);
  }

  delete(id: string): void {
    this.#byId.delete(id);
  }

  /** LOGS: terraform-provider-aws#29323 */
  #checkRole(arn: string): void {
    const { permissions } = this.parts;
    const role = permissions.roleNameOfArn(arn);
    if (role && permissions.trusts(role, SERVICE)) return;
    throw new AwsError("InvalidParameter", `Unable to assume given IAM role: '${arn}'`);
  }

  #deliver({ id, iamRoleArn, logDestination }: FlowLog): void {
    const reason = this.#accessProblem(iamRoleArn, logDestination);
    if (reason) this.context.log(`flow log ${id}: Access error: ${reason}`);
    else
      this.parts.logs.append(
        groupIn(logDestination),
        "eni",
        `2 ${this.context.accountId} eni - - - - - - - - - NODATA`,
      );
  }

  #accessProblem(roleArn: string, logDestination: string): string | undefined {
    const { permissions, logs } = this.parts;
    const role = permissions.roleNameOfArn(roleArn)!;
    if (!logs.exists(groupIn(logDestination))) return `${logDestination} does not exist`;
    const missing = REQUIRED_ACTIONS.find(
      (action) => !permissions.allows(role, action, `${logDestination}:log-stream:eni`),
    );
    return missing && `${role} is not allowed ${missing}`;
  }
}

/** Returns the name of a log group from its ARN. */
function groupIn(arn: string): string {
  return arn.split(":log-group:")[1] ?? "";
}
