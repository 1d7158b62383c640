import { other } from "../../components/core/colour-name";
import type { Live, LiveColour, LiveService } from "../../components/live/live";
import type { ServiceSettings } from "../../components/settings/settings";
import type { Wish } from "../core/desired-releases";
import type { StepName } from "../ports/events";

export interface Step {
  name: StepName;
  /** Services that the step is about, in the order of the wish. */
  services: string[];
  /** Of a ramp step: percent of production's requests that the new release gets. */
  share?: number;
}

/**
 * What this run has established beyond live state, by image of the service: it is read back from the journal,
 * so that a later command plans on from there.
 */
export interface Progress {
  preflight: boolean;
  migrated: ReadonlySet<string>;
  verified: ReadonlySet<string>;
  tested: ReadonlySet<string>;
  /** `<image>@<share>`: shares of a ramp that were watched to their end. */
  ramped: ReadonlySet<string>;
  confirmed: ReadonlySet<string>;
  /** Images of releases that were watched to the end after their cutover. */
  baked: ReadonlySet<string>;
  /** Images of the colours that are quiet. */
  drained: ReadonlySet<string>;
  /** Images of old colours that were not quiet in time and go on. */
  kept: ReadonlySet<string>;
  /** Unix milliseconds at which production's ways changed last: the end of that `up`. Null before. */
  routedAtMs: number | null;
}

export const NO_PROGRESS: Progress = {
  preflight: false,
  migrated: new Set(),
  verified: new Set(),
  tested: new Set(),
  ramped: new Set(),
  confirmed: new Set(),
  baked: new Set(),
  drained: new Set(),
  kept: new Set(),
  routedAtMs: null,
};

/** What decides which steps a service has: only an api has clients to drain. */
export type Traits = Readonly<Record<string, Pick<ServiceSettings, "kind" | "migrate">>>;

export interface Question {
  live: Live;
  wish: Wish;
  progress: Progress;
  traits: Traits;
  /** To a release that was in production before: nothing is migrated, tested, ramped or watched on the way. */
  isReturn: boolean;
  /** Step whose `up` was begun and did not come to its end: what live state says of what that step changes may not be so. */
  unsettled: StepName | null;
  /** Somebody has to say that production may be cut over, and nobody has yet. */
  awaitsApproval: boolean;
  ramp: readonly number[];
  /** False if nothing is watched after a cutover. */
  bakes: boolean;
}

/**
 * The steps that lead from where things stand to the wish; empty when it has come true. Deploying, resuming, aborting and rolling back are all this
 * question, asked again after each step.
 */
export function plan(question: Question): Step[] {
  const { live, wish, progress, traits, isReturn, unsettled, awaitsApproval, ramp, bakes } = question;
  const all = Object.keys(wish).filter((name) => !isBeyondReturn(live, wish, name));
  const service = (name: string): LiveService => live.services[name]!;
  const idle = (name: string): LiveColour => service(name).colours[other(service(name).active)];
  const active = (name: string): LiveColour => service(name).colours[service(name).active];
  const wanted = (name: string): string | null => wish[name]?.image ?? null;
  const isIn = (done: ReadonlySet<string>) => (name: string) => {
    const image = wanted(name);
    return image !== null && done.has(image);
  };
  const isNotIn = (done: ReadonlySet<string>) => (name: string) => !isIn(done)(name);

  const flipped = all.filter((name) => isActive(live, wish, name));
  const ahead = all.filter((name) => !flipped.includes(name));
  const isUp = (name: string) => idle(name).size > 0 && idle(name).release?.image === wanted(name);
  const waysAreKnown = unsettled === null || !changesWays(unsettled);
  // An `up` that changes sizes and did not end may have taken instances away, or not have brought them all.
  const sizesAreKnown = unsettled === null || changesWays(unsettled);
  const warm = sizesAreKnown ? ahead.filter(isUp) : [];
  // What another run left running must go first: a release changes only on a colour at size 0 (aws-rules C7).
  const leftOver = ahead.filter((name) => idle(name).size > 0 && !isUp(name));
  // An `up` that takes a colour to 0, or up, and did not end leaves nobody knows how many instances.
  const mayRun = (name: string) => idle(name).size > 0 || (!sizesAreKnown && idle(name).release !== null);
  const replaced = all.filter((name) => (flipped.includes(name) ? mayRun(name) : active(name).size > 0));
  const isShared = (name: string) => service(name).idleShare !== undefined;
  const rerouted = flipped.filter((name) => !waysAreKnown || isShared(name));
  const hasClients = (name: string) => traits[name]!.kind === "api";
  const undrained = (name: string) =>
    hasClients(name) && idle(name).size > 0 && !progress.drained.has(idle(name).release!.image);
  const hadTraffic = (name: string) => !isReturn || progress.routedAtMs !== null || rerouted.includes(name);
  // What this run tested it cut over; a release that was active before needs no confirming.
  const changes = (name: string) =>
    ahead.includes(name) ||
    rerouted.includes(name) ||
    (isReturn ? progress.routedAtMs !== null : replaced.includes(name) || isIn(progress.tested)(name));
  const takesOver = (name: string) => hasClients(name) && active(name).size > 0;
  const baking = replaced.filter(isNotIn(progress.baked));

  const steps: Step[] = [
    { name: "preflight", services: progress.preflight ? [] : all },
    { name: "drain", services: leftOver.filter(undrained) },
    { name: "retire", services: leftOver },
    { name: "warm", services: ahead.filter((name) => !warm.includes(name)) },
    {
      name: "migrate",
      services: isReturn
        ? []
        : ahead.filter(isNotIn(progress.migrated)).filter((name) => traits[name]!.migrate !== undefined),
    },
    { name: "verify", services: ahead.filter(isNotIn(progress.verified)) },
    { name: "test", services: isReturn ? [] : ahead.filter(isNotIn(progress.tested)) },
    // A ramp gives the new release requests of production already.
    { name: "approve", services: isReturn || !awaitsApproval ? [] : ahead },
    ...(isReturn ? [] : ramp).map((share) => ({
      name: "ramp" as const,
      services: ahead.filter(takesOver).filter((name) => !progress.ramped.has(rampedKey(wanted(name)!, share))),
      share,
    })),
    { name: "cutover", services: [...ahead, ...rerouted] },
    {
      name: "confirm",
      services: all.filter((name) => wanted(name) !== null && isNotIn(progress.confirmed)(name)).filter(changes),
    },
    { name: "bake", services: isReturn || !bakes ? [] : baking },
    {
      name: "drain",
      services: replaced
        .filter(hasClients)
        .filter((name) => ahead.includes(name) || (undrained(name) && hadTraffic(name))),
    },
    {
      name: isReturn ? "coolDown" : "retire",
      services: replaced.filter((name) => ahead.includes(name) || !progress.kept.has(idle(name).release!.image)),
    },
  ];
  const left = steps.filter((step) => step.services.length > 0);
  // A wish that already came true needs no look around first.
  return left.every((step) => step.name === "preflight") ? [] : left;
}

/** Production runs what was wished for. */
export function isActive(live: Live, wish: Wish, name: string): boolean {
  const { active, colours } = live.services[name]!;
  return (colours[active].release?.image ?? null) === (wish[name]?.image ?? null);
}

/** A first release that became active: there is nothing before it to go back to. */
function isBeyondReturn(live: Live, wish: Wish, name: string): boolean {
  return wish[name] === null && !isActive(live, wish, name);
}

/** A run that made first releases active, and nothing else, has no way back. */
export function hasReturn(live: Live, wish: Wish): boolean {
  return Object.keys(wish).some((name) => !isBeyondReturn(live, wish, name));
}

/** Its `up` changes where production's requests go; those of other steps change how many instances there are. */
export function changesWays(step: StepName): boolean {
  return step === "cutover" || step === "ramp";
}

export function rampedKey(image: string, share: number): string {
  return `${image}@${share}`;
}
