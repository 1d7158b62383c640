import type { Instance } from "../../ec2/model/instance";
import type { Activity } from "./activity";

/** An instance of a group. */
export interface Member {
  instance: Instance;
  /** `Terminating:Wait` while a hook holds the instance, `Terminating:Proceed` after all hooks are completed. */
  lifecycleState: "Pending" | "InService" | "Terminating" | "Terminating:Wait" | "Terminating:Proceed";
  healthStatus: "Healthy" | "Unhealthy";
  /** Unix milliseconds; the start of the grace period (A7). */
  inServiceAtMs: number | undefined;
  protectedFromScaleIn: boolean;
  launch: Activity;
}

/** True after the decision to terminate the instance, which then does not count any more. */
export function isTerminating({ lifecycleState }: Member): boolean {
  return lifecycleState.startsWith("Terminating");
}

/**
 * Selects the members to terminate: unhealthy ones first, then the oldest of the zone with the most members. Protected
 * ones stay (A20).
 */
export function selectForTermination(members: Member[], count: number): Member[] {
  const selected: Member[] = [];
  let left = members.filter((member) => !member.protectedFromScaleIn);
  while (selected.length < count && left.length > 0) {
    const unhealthy = left.filter(({ healthStatus }) => healthStatus === "Unhealthy");
    const candidates = unhealthy.length > 0 ? unhealthy : left;
    const zone = crowdedZone(candidates);
    const oldest = candidates
      .filter((member) => member.instance.availabilityZone === zone)
      .reduce((first, member) => (member.instance.launchedAtMs < first.instance.launchedAtMs ? member : first));
    selected.push(oldest);
    left = left.filter((member) => member !== oldest);
  }
  return selected;
}

function crowdedZone(members: Member[]): string {
  const counts = new Map<string, number>();
  for (const { instance } of members) {
    counts.set(instance.availabilityZone, (counts.get(instance.availabilityZone) ?? 0) + 1);
  }
  return [...counts].reduce((most, zone) => (zone[1] > most[1] ? zone : most))[0];
}
