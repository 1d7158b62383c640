import { AwsError } from "../kernel/aws-error";
import type { CloudContext } from "../kernel/context";
import { ecsClusterOf } from "../services/ec2/model/user-data";

/** A machine that EC2 is about to start. */
export interface Launch {
  autoScalingGroup: string;
  instanceType: string;
  availabilityZone: string;
  /** Base64: it tells the service and colour, by the cluster that the machine joins. */
  userData: string;
}

type Place = { service?: string | undefined; colour?: string | undefined };

/** @throws AwsError InsufficientInstanceCapacity, in EC2's words (A12) */
export function failLaunch({ faults, region }: CloudContext, launch: Launch): void {
  const { autoScalingGroup, instanceType, availabilityZone, userData } = launch;
  const struck = faults?.strike(
    "launchFailure",
    (parameters) => isIn(parameters.zone, availabilityZone) && isOf(parameters, userData),
    `a launch of ${autoScalingGroup} in ${availabilityZone}`,
  );
  if (!struck) return;
  const others = ["a", "b", "c"].map((letter) => `${region}${letter}`).filter((zone) => zone !== availabilityZone);
  throw new AwsError(
    "InsufficientInstanceCapacity",
    `We currently do not have sufficient ${instanceType} capacity in the Availability Zone you requested (${availabilityZone}). Our system will be working on provisioning additional capacity. You can currently get ${instanceType} capacity by not specifying an Availability Zone in your request or choosing ${others.join(", ")}.`,
  );
}

/** How many times as long as others a machine boots; undefined for as long. */
export function bootFactor({ faults }: CloudContext, instanceId: string, userData: string): number | undefined {
  return faults?.strike("slowBoot", (parameters) => isOf(parameters, userData), `instance ${instanceId}`)?.parameters
    .factor;
}

/** @param wanted a zone, or its letter; undefined for any */
export function isIn(wanted: string | undefined, zone: string): boolean {
  return wanted === undefined || wanted === zone || wanted === zone.at(-1);
}

/** The colour of a cluster that the program has named: its last part. */
export function colourOf(clusterName: string): string | undefined {
  return /(?:^|-)(blue|green)$/.exec(clusterName)?.[1];
}

/** Clusters are `<project>-<stack>-<service>-<colour>`; a service whose name is the end of another's means both. */
function isOf({ service, colour }: Place, userData: string): boolean {
  const cluster = ecsClusterOf(userData);
  const own = cluster.replace(/-(blue|green)$/, "");
  const isService = service === undefined || own === service || own.endsWith(`-${service}`);
  return isService && (colour === undefined || colour === colourOf(cluster));
}
