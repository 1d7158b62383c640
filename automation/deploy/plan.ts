import { other } from "../../components/core/colour-name";
import type { Live, LiveColour, LiveService } from "../../components/live/live";
import type { ServiceSettings } from "../../components/settings/settings";
import type { DesiredReleases } from "../core/desired-releases";
import type { Progress } from "../ports/checkpoint";
import type { StepName } from "../ports/step-names";

export interface Step {
  name: StepName;
  /** Services that the step is about, in the order of the desired releases. */
  services: string[];
  /** Of a ramp step: percent of production's requests that the new release gets. */
  share?: number;
}

/** What decides which steps a service has: only an api has clients to drain. */
export type Traits = Readonly<Record<string, Pick<ServiceSettings, "kind" | "migrate">>>;

export interface PlanInput {
  live: Live;
  desired: DesiredReleases;
  progress: Progress;
  traits: Traits;
  /** To a release that was in production before: nothing is migrated, tested, ramped or watched on the way. */
  isRollback: boolean;
  /** Step whose `up` was begun and did not come to its end: what live state says of what that step changes may not be so. */
  unsettled: StepName | null;
  /** Somebody has to say that production may be cut over, and nobody has yet. */
  awaitsApproval: boolean;
  ramp: readonly number[];
  /** False if nothing is watched after a cutover. */
  bakes: boolean;
}

/**
 * The steps that lead from where things stand to the desired releases; empty when they are active. Deploying, resuming, aborting and rolling back are all this
 * question, asked again after each step.
 */
export function plan(question: PlanInput): Step[] {
  const { live, desired, progress, traits, isRollback, unsettled, awaitsApproval, ramp, bakes } = question;
  const all = Object.keys(desired).filter((name) => !cannotRollBack(live, desired, name));
  const service = (name: string): LiveService => live.services[name]!;
  const idle = (name: string): LiveColour => service(name).colours[other(service(name).active)];
  const active = (name: string): LiveColour => service(name).colours[service(name).active];
  const wanted = (name: string): string | null => desired[name]?.image ?? null;
  const isIn = (done: readonly string[]) => (name: string) => {
    const image = wanted(name);
    return image !== null && done.includes(image);
  };
  const isNotIn = (done: readonly string[]) => (name: string) => !isIn(done)(name);

  const flipped = all.filter((name) => isActive(live, desired, name));
  const ahead = all.filter((name) => !flipped.includes(name));
  const isUp = (name: string) => idle(name).size > 0 && idle(name).release?.image === wanted(name);
  const waysAreKnown = unsettled === null || !changesRouting(unsettled);
  // An `up` that changes sizes and did not end may have taken instances away, or not have brought them all.
  const sizesAreKnown = unsettled === null || changesRouting(unsettled);
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
    hasClients(name) && idle(name).size > 0 && !progress.drained.includes(idle(name).release!.image);
  const hadTraffic = (name: string) => !isRollback || progress.routedAtMs !== null || rerouted.includes(name);
  // What this run tested it cut over; a release that was active before needs no confirming.
  const changes = (name: string) =>
    ahead.includes(name) ||
    rerouted.includes(name) ||
    (isRollback ? progress.routedAtMs !== null : replaced.includes(name) || isIn(progress.tested)(name));
  const takesOver = (name: string) => hasClients(name) && active(name).size > 0;
  const baking = replaced.filter(isNotIn(progress.baked));

  const steps: Step[] = [
    { name: "preflight", services: progress.preflight ? [] : all },
    { name: "drain", services: leftOver.filter(undrained) },
    { name: "retire", services: leftOver },
    { name: "warm", services: ahead.filter((name) => !warm.includes(name)) },
    {
      name: "migrate",
      services: isRollback
        ? []
        : ahead.filter(isNotIn(progress.migrated)).filter((name) => traits[name]!.migrate !== undefined),
    },
    { name: "verify", services: ahead.filter(isNotIn(progress.verified)) },
    { name: "test", services: isRollback ? [] : ahead.filter(isNotIn(progress.tested)) },
    // A ramp gives the new release requests of production already.
    { name: "approve", services: isRollback || !awaitsApproval ? [] : ahead },
    ...(isRollback ? [] : ramp).map((share) => ({
      name: "ramp" as const,
      services: ahead.filter(takesOver).filter((name) => !progress.ramped.includes(rampedKey(wanted(name)!, share))),
      share,
    })),
    { name: "cutover", services: [...ahead, ...rerouted] },
    {
      name: "confirm",
      services: all.filter((name) => wanted(name) !== null && isNotIn(progress.confirmed)(name)).filter(changes),
    },
    { name: "bake", services: isRollback || !bakes ? [] : baking },
    {
      name: "drain",
      services: replaced
        .filter(hasClients)
        .filter((name) => ahead.includes(name) || (undrained(name) && hadTraffic(name))),
    },
    {
      name: isRollback ? "coolDown" : "retire",
      services: replaced.filter((name) => ahead.includes(name) || !progress.kept.includes(idle(name).release!.image)),
    },
  ];
  const left = steps.filter((step) => step.services.length > 0);
  // Desired releases that are already active need no look around first.
  return left.every((step) => step.name === "preflight") ? [] : left;
}

/** Production runs what was wished for. */
export function isActive(live: Live, desired: DesiredReleases, name: string): boolean {
  const { active, colours } = live.services[name]!;
  return (colours[active].release?.image ?? null) === (desired[name]?.image ?? null);
}

/** A first release that became active: there is nothing before it to go back to. */
function cannotRollBack(live: Live, desired: DesiredReleases, name: string): boolean {
  return desired[name] === null && !isActive(live, desired, name);
}

/** A run that made first releases active, and nothing else, has no way back. */
export function canRollBack(live: Live, desired: DesiredReleases): boolean {
  return Object.keys(desired).some((name) => !cannotRollBack(live, desired, name));
}

/** Its `up` changes where production's requests go; those of other steps change how many instances there are. */
export function changesRouting(step: StepName): boolean {
  return step === "cutover" || step === "ramp";
}

export function rampedKey(image: string, share: number): string {
  return `${image}@${share}`;
}
