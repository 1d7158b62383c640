import type { TargetCount } from "../../../automation/page/deploy/model";
import { countTargets } from "../../../automation/page/deploy/service-observation";
import { changed } from "../../../automation/page/deploy/with-service";
import { COLOURS, type Colour } from "../../../components/core/colour-name";
import type { CloudEvent } from "../../cloud/kernel/events";
import { byKey } from "../by-key";

/**
 * `<service>-<i for internal><colour><its load balancer's colour>-<fingerprint>`, colours by their first letter
 * (components/service/routing.ts).
 */
const GROUP = /^(.+)-i?([bg])[bg]-[0-9a-f]+$/;

/** The service and colour of a target group; null if it belongs to none. */
export function colourOfGroup(name: string): { service: string; colour: Colour } | null {
  const [, service, letter] = GROUP.exec(name) ?? [];
  return service === undefined ? null : { service, colour: letter === "b" ? "blue" : "green" };
}

/** The service whose target group has this name; else the name itself. */
export function serviceOfGroup(name: string): string {
  return colourOfGroup(name)?.service ?? name;
}

/** The targets of each colour over time, by service; times count from `firstRequestMs`. */
export function targetCounts(
  events: readonly CloudEvent[],
  services: readonly string[],
  firstRequestMs: number,
): Record<string, Record<Colour, TargetCount[]>> {
  const inOrder = events.filter((event) => event.kind === "target").sort((one, another) => one.atMs - another.atMs);
  return byKey(services, (service) =>
    byKey(COLOURS, (colour) => {
      const states = new Map<string, { instanceId: string; state: string }>();
      let counts: TargetCount[] = [];
      for (const { atMs, targetGroup, targetId, state } of inOrder) {
        const owner = colourOfGroup(targetGroup);
        if (owner?.service !== service || owner.colour !== colour) continue;
        const key = `${targetGroup} ${targetId}`;
        if (state === "unused") states.delete(key);
        else states.set(key, { instanceId: targetId, state });
        const count = { atMs: Math.round(atMs - firstRequestMs), ...countTargets([...states.values()]) };
        counts = changed(counts, count, "healthy", "others");
      }
      return counts;
    }),
  );
}
