import { other } from "../components/colour-name";
import type { Live, LiveService } from "../components/live";
import type { ServiceSettings } from "../components/settings";
import type { StepName } from "./events";
import type { Wish } from "./wish";

export interface Step {
  name: StepName;
  /** Services that the step is about, in the order of the wish. */
  services: string[];
}

/**
 * What this deploy has established beyond live state, by image of the service: it is read back from the journal,
 * so that a later command plans on from there.
 */
export interface Progress {
  preflight: boolean;
  migrated: ReadonlySet<string>;
  verified: ReadonlySet<string>;
  tested: ReadonlySet<string>;
  confirmed: ReadonlySet<string>;
  /** Images of the colours that are quiet. */
  drained: ReadonlySet<string>;
}

export const NO_PROGRESS: Progress = {
  preflight: false,
  migrated: new Set(),
  verified: new Set(),
  tested: new Set(),
  confirmed: new Set(),
  drained: new Set(),
};

/** What decides which steps a service has: only an api has clients to drain. */
export type Traits = Readonly<Record<string, Pick<ServiceSettings, "kind" | "migrate">>>;

/**
 * The steps that lead from where things stand to the wish; empty when the wish has come true.
 * Deploying, resuming and rolling back are all this question, asked again after each step.
 */
export function plan(live: Live, wish: Wish, progress: Progress, traits: Traits): Step[] {
  const all = Object.keys(wish);
  const service = (name: string): LiveService => live.services[name]!;
  const idle = (name: string) => service(name).colours[other(service(name).active)];
  const active = (name: string) => service(name).colours[service(name).active];
  const wanted = (name: string) => wish[name]!.image;

  const flipped = all.filter((name) => active(name).release?.image === wanted(name));
  const ahead = all.filter((name) => !flipped.includes(name));
  const warm = ahead.filter((name) => idle(name).size > 0 && idle(name).release?.image === wanted(name));
  // What another deploy left running must go first: a release changes only on a colour at size 0 (aws-rules C7).
  const leftOver = ahead.filter((name) => idle(name).size > 0 && !warm.includes(name));
  const unless = (done: ReadonlySet<string>) => (name: string) => !done.has(wanted(name));
  const replaced = all.filter((name) => (flipped.includes(name) ? idle(name).size > 0 : active(name).size > 0));
  const hasClients = (name: string) => traits[name]!.kind === "api";
  const undrained = (name: string) =>
    hasClients(name) && idle(name).size > 0 && !progress.drained.has(idle(name).release!.image);

  // What was tested by this deploy was cut over by it; a release that was active before needs no confirming.
  const changes = (name: string) =>
    ahead.includes(name) || replaced.includes(name) || progress.tested.has(wanted(name));

  const steps: Step[] = [
    { name: "preflight", services: progress.preflight ? [] : all },
    { name: "drain", services: leftOver.filter(undrained) },
    { name: "retire", services: leftOver },
    { name: "warm", services: ahead.filter((name) => !warm.includes(name)) },
    {
      name: "migrate",
      services: ahead.filter(unless(progress.migrated)).filter((name) => traits[name]!.migrate !== undefined),
    },
    { name: "verify", services: ahead.filter(unless(progress.verified)) },
    { name: "test", services: ahead.filter(unless(progress.tested)) },
    { name: "cutover", services: ahead },
    { name: "confirm", services: all.filter(unless(progress.confirmed)).filter(changes) },
    {
      name: "drain",
      services: replaced.filter(hasClients).filter((name) => ahead.includes(name) || undrained(name)),
    },
    { name: "retire", services: replaced },
  ];
  const left = steps.filter((step) => step.services.length > 0);
  // A wish that already came true needs no look around first.
  return left.every((step) => step.name === "preflight") ? [] : left;
}

/** Before the cutover the way back is short: the idle colours go to 0 again. Empty when nothing of the wish is warm, or all is active. */
export function planRetreat(live: Live, wish: Wish): Step[] {
  const services = Object.keys(wish).filter((name) => {
    const service = live.services[name]!;
    return !isActive(live, wish, name) && service.colours[other(service.active)].size > 0;
  });
  return services.length > 0 ? [{ name: "coolDown", services }] : [];
}

/** Production runs what was wished for. */
export function isActive(live: Live, wish: Wish, name: string): boolean {
  const { active, colours } = live.services[name]!;
  return colours[active].release?.image === wish[name]!.image;
}
