import { AwsError } from "../kernel/aws-error";
import type { CloudContext } from "../kernel/context";

/** An instance that EC2 is about to start. */
export interface Launch {
  autoScalingGroup: string;
  instanceType: string;
  availabilityZone: string;
  /** The ECS cluster that the instance will join: its name holds the service and the colour. */
  cluster: string;
}

/** @throws AwsError InsufficientInstanceCapacity, in EC2's words (A12), if the fault `launchFailure` is injected */
export function failLaunch({ faults, region }: CloudContext, launch: Launch): void {
  const { autoScalingGroup, instanceType, availabilityZone, cluster } = launch;
  const injected = faults?.inject(
    "launchFailure",
    (parameters) => isIn(parameters.zone, availabilityZone) && isOf(parameters, cluster),
    `a launch of ${autoScalingGroup} in ${availabilityZone}`,
  );
  if (!injected) return;
  const others = ["a", "b", "c"].map((letter) => `${region}${letter}`).filter((zone) => zone !== availabilityZone);
  throw new AwsError(
    "InsufficientInstanceCapacity",
    `We currently do not have sufficient ${instanceType} capacity in the Availability Zone you requested (${availabilityZone}). Our system will be working on provisioning additional capacity. You can currently get ${instanceType} capacity by not specifying an Availability Zone in your request or choosing ${others.join(", ")}.`,
  );
}

/** Returns how many times longer than usual an instance boots; undefined if the fault `slowBoot` is not injected. */
export function bootFactor({ faults }: CloudContext, instanceId: string, cluster: string): number | undefined {
  return faults?.inject("slowBoot", (parameters) => isOf(parameters, cluster), `instance ${instanceId}`)?.parameters
    .factor;
}

/** @param wanted a zone, or its letter; undefined for any zone */
export function isIn(wanted: string | undefined, zone: string): boolean {
  return wanted === undefined || wanted === zone || wanted === zone.at(-1);
}

/** Returns the colour of a cluster that the program has named: the last part of its name. */
export function colourOf(clusterName: string): string | undefined {
  return /(?:^|-)(blue|green)$/.exec(clusterName)?.[1];
}

/**
 * Clusters are `<project>-<stack>-<service>-<colour>`. A service whose name is the end of another service's name
 * matches both.
 */
function isOf({ service, colour }: { service?: string; colour?: string }, cluster: string): boolean {
  const own = cluster.replace(/-(blue|green)$/, "");
  const isService = service === undefined || own === service || own.endsWith(`-${service}`);
  return isService && (colour === undefined || colour === colourOf(cluster));
}
