import type { RegisteredInstance } from "../../../kernel/ports";
import type { InstanceCapacity } from "./instance-type";

export type InstanceState = "pending" | "running" | "shutting-down" | "terminated";

/** An EC2 instance. */
export interface Instance extends RegisteredInstance {
  state: InstanceState;
  /** Name of the Auto Scaling group that launched the instance. */
  autoScalingGroup: string;
  instanceType: string;
  capacity: InstanceCapacity;
  imageId: string;
  networkInterfaceId: string;
  privateAddress: string;
  /** Name or ARN. */
  instanceProfile: string | undefined;
  /** Base64. */
  userData: string;
  /** Whether its CPU is measured by the minute, and not in steps of five. */
  hasDetailedMonitoring: boolean;
  launchTemplate: { id: string; name: string; version: number };
  launchedAtMs: number;
}
