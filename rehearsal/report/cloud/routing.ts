import type { PageService } from "../../../automation/page/deploy/model";
import { changed } from "../../../automation/page/deploy/with-service";
import { COLOURS } from "../../../components/core/colour-name";
import type { CloudEvent } from "../../cloud/kernel/events";
import { GroupOwners } from "./group-owners";

type Shares = PageService["shares"];
type Names = PageService["names"];

/**
 * The share of production's requests that the rules of the service's load balancers gave each colour; their mean while
 * they differ.
 */
export function shareHistory(events: readonly CloudEvent[], service: string, firstRequestMs: number): Shares {
  const owners = new GroupOwners(events);
  const greenPercents = new Map<string, number>();
  let shares: Shares = [];
  for (const event of events) {
    if (event.kind !== "rule" || !isProduction(event.host, service)) continue;
    const weights = { blue: 0, green: 0 };
    for (const { name, weight } of event.targetGroups) {
      const colour = owners.of(name)?.colour;
      if (colour) weights[colour] += weight;
    }
    const all = weights.blue + weights.green;
    if (all === 0) continue;
    greenPercents.set(`${event.loadBalancer} ${event.host}`, (100 * weights.green) / all);
    const green = mean([...greenPercents.values()]);
    const atMs = Math.round(event.atMs - firstRequestMs);
    shares = changed(shares, { atMs, percent: { blue: 100 - green, green } }, "percent");
  }
  return shares;
}

/**
 * The colour of the load balancer that the production name points at, from the time at which all name servers say so.
 */
export function nameHistory(events: readonly CloudEvent[], service: string, firstRequestMs: number): Names {
  let names: Names = [];
  for (const event of events) {
    if (event.kind !== "record" || event.type !== "A" || event.state !== "insync") continue;
    const colour = COLOURS.find((each) => new RegExp(`^[a-z]+-${each}-`).test(event.target));
    if (!colour || !isProduction(event.name, service)) continue;
    names = changed(names, { atMs: Math.round(event.atMs - firstRequestMs), colour }, "colour");
  }
  return names;
}

/** The shares where records alone route production: all of it goes to the colour that the name points at. */
export function sharesOfNames(names: Names): Shares {
  return names.map(({ atMs, colour }) => {
    const green = colour === "green" ? 100 : 0;
    return { atMs, percent: { blue: 100 - green, green } };
  });
}

/**
 * Whether this is the production name, not the test name `<service>-test`.
 * @param host a host, or the regular expression of one
 */
function isProduction(host: string, service: string): boolean {
  return /[\w-]+/.exec(host)?.[0] === service;
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
