import { AwsError } from "../../../kernel/aws-error";
import type { Reachability } from "../../../kernel/ports";
import type { LoadBalancerSettings } from "./state";

/** The longest prefix of a load balancer's subnet (E6). */
const LONGEST_PREFIX = 27;
/** The free addresses that a load balancer needs in each subnet (E6). */
export const FREE_ADDRESSES = 8;

/** Whether ELB can write access logs to that bucket and prefix. */
export type MayDeliverLogs = (bucket: string, prefix: string) => boolean;

type Subnet = ReturnType<Reachability["subnet"]>;

/**
 * Checks the settings as ELB does when it creates or changes a load balancer.
 * @returns the subnets: at least two, in one VPC and in different Availability Zones
 * @throws AwsError ValidationError, InvalidConfigurationRequest, InvalidSubnet (E5, E6, E36)
 */
export function checkLoadBalancerSettings(
  settings: LoadBalancerSettings,
  reachability: Reachability,
  mayDeliverLogs: MayDeliverLogs,
): Subnet[] {
  const subnets = settings.subnets.map((id) => findSubnet(id, reachability));
  checkZones(subnets);
  checkRange("idle_timeout.timeout_seconds", settings.idleTimeoutSeconds, 1, 4000);
  checkRange("client_keep_alive.seconds", settings.clientKeepAliveSeconds, 60, 604_800);
  const logs = settings.accessLogs;
  if (logs && !mayDeliverLogs(logs.bucket, logs.prefix)) {
    throw new AwsError(
      "InvalidConfigurationRequest",
      `Access Denied for bucket: ${logs.bucket}. Please check S3bucket permission`,
    );
  }
  return subnets;
}

function findSubnet(id: string, reachability: Reachability): Subnet {
  try {
    return reachability.subnet(id);
  } catch {
    throw new AwsError("SubnetNotFound", `The subnet ID '${id}' does not exist`);
  }
}

function checkZones(subnets: Subnet[]): void {
  const zones = new Set(subnets.map((subnet) => subnet.availabilityZone));
  if (zones.size < 2) {
    throw new AwsError("ValidationError", "At least two subnets in two different Availability Zones must be specified");
  }
  if (zones.size < subnets.length) {
    throw new AwsError(
      "InvalidConfigurationRequest",
      "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
    );
  }
  const [first] = subnets;
  if (subnets.some((subnet) => subnet.vpcId !== first?.vpcId)) {
    throw new AwsError("InvalidConfigurationRequest", "All subnets of a load balancer must be in the same VPC");
  }
  const small = subnets.find((subnet) => Number(subnet.cidrBlock.split("/")[1]) > LONGEST_PREFIX);
  if (small) throw noSpace(small.id);
}

export function noSpace(subnetId: string): AwsError {
  return new AwsError(
    "InvalidSubnet",
    `Not enough IP space available in ${subnetId}. ELB requires at least ${FREE_ADDRESSES} free IP addresses in each subnet.`,
  );
}

function checkRange(attribute: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new AwsError(
    "ValidationError",
    `Load balancer attribute key '${attribute}' value '${value}' must be between ${min} and ${max}`,
  );
}
