import type { Instance } from "../../ec2/model/instance";
import type { Activity } from "./activity";

/** An instance as its group sees it. */
export interface Member {
  instance: Instance;
  /** `Terminating:Wait` while a hook holds it, `Terminating:Proceed` once all have let it go. */
  lifecycleState: "Pending" | "InService" | "Terminating" | "Terminating:Wait" | "Terminating:Proceed";
  healthStatus: "Healthy" | "Unhealthy";
  /** Unix milliseconds; the grace period counts from here (A7). */
  inServiceAtMs: number | undefined;
  protectedFromScaleIn: boolean;
  launch: Activity;
}

/** From the decision to terminate it on: it counts for nothing any more. */
export function isLeaving({ lifecycleState }: Member): boolean {
  return lifecycleState.startsWith("Terminating");
}

/**
 * Which members leave when there are too many: from the zone that has most, the oldest first; protected ones stay (A20).
 */
export function chooseToTerminate(members: Member[], count: number): Member[] {
  const chosen: Member[] = [];
  let left = members.filter((member) => !member.protectedFromScaleIn);
  while (chosen.length < count && left.length > 0) {
    const zone = crowdedZone(left);
    const oldest = left
      .filter((member) => member.instance.availabilityZone === zone)
      .reduce((first, member) => (member.instance.launchedAtMs < first.instance.launchedAtMs ? member : first));
    chosen.push(oldest);
    left = left.filter((member) => member !== oldest);
  }
  return chosen;
}

function crowdedZone(members: Member[]): string {
  const counts = new Map<string, number>();
  for (const { instance } of members) {
    counts.set(instance.availabilityZone, (counts.get(instance.availabilityZone) ?? 0) + 1);
  }
  return [...counts].reduce((most, zone) => (zone[1] > most[1] ? zone : most))[0];
}
