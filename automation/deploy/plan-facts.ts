import { other } from "../../components/core/colour-name";
import { canKeepWarm } from "../../components/live/keep-warm";
import { ENDED, isOver, type Live, type LiveColour } from "../../components/live/live";
import { isSameRelease, migrationOf, releaseKey } from "../../components/live/release";
import { isElastic } from "../../components/settings/elastic";
import type { ServiceSettings, Settings } from "../../components/settings/settings";
import type { DesiredReleases } from "../core/desired-releases";
import type { Progress } from "../ports/checkpoint";

/** The settings that decide which steps a service has: only an api has clients to drain. */
export type Traits = Readonly<
  Record<
    string,
    Pick<ServiceSettings, "kind" | "migrate"> &
      Partial<Pick<ServiceSettings, "streams">> & { size: Pick<ServiceSettings["size"], "min" | "max"> }
  >
>;

export interface PlanInput {
  live: Live;
  /** Live state when the run began. */
  before: Live;
  desired: DesiredReleases;
  progress: Progress;
  /** Instances of the active colour when they were last counted, or as many as the idle one needs if that is more, by service. */
  activeInstances: Readonly<Record<string, number>>;
  traits: Traits;
  /** The run goes to a release that was in production before: on the way nothing is migrated, tested, ramped or analysed. */
  isRollback: boolean;
  /** What an `up` was to change that was begun and did not come to its end: there, live state may be wrong. Null if there is none. */
  unsettled: "routing" | "sizes" | null;
  /** Somebody has to approve the cutover, and nobody has yet. */
  awaitsApproval: boolean;
  /** The settings of deploys. A step that its setting switches off has nothing to do. */
  deploy: Settings["deploy"];
  /** The run keeps old colours warm for a time, instead of retiring them. */
  keepsWarm: boolean;
  /** The run ends what is kept warm, and does nothing else. */
  endsKeptWarm: boolean;
  /** Unix milliseconds. */
  nowMs: number;
}

/** Names of services that something holds of, in the order of the desired releases. */
type Services = readonly string[];
type Is = (service: string) => boolean;

/** What the steps decide by: facts about each service of a run, from live state, the desired releases and the run's progress. */
export interface PlanFacts extends Pick<PlanInput, "isRollback" | "awaitsApproval" | "deploy" | "progress"> {
  /** The services that the run can change. */
  all: Services;
  /** Production does not run the desired release yet. */
  ahead: Services;
  /** The services of `ahead` whose idle colour does not run the desired release, or with fewer instances than the active one has. */
  cold: Services;
  /** The services of `ahead` whose idle colour runs a release of another run. */
  occupied: Services;
  /** The active colour runs what is desired, but some requests may still be routed elsewhere. */
  rerouted: Services;
  /**
   * There is an old colour to stop: it runs, or nobody knows whether it does. One that is kept warm ends by itself, and a run that goes back without
   * having changed production's routing leaves one that ran before: at the drain's cap it still had traffic.
   */
  replaced: Services;
  /** The old colours of `replaced` that this run keeps warm for a time. */
  toKeepWarm: Services;
  /** The services whose idle colour is kept warm until a time, if the run ends that. */
  toEnd: Services;
  /** The services of `ahead` whose idle colour is kept warm with the desired release, and may end at any moment. */
  toHold: Services;
  /** The desired release has a `migrate` command. */
  hasMigration: Is;
  /** The service has clients whose requests are routed: it is an api. */
  hasClients: Is;
  /** The service's tasks run all the time, so that they can be watched: it is no job. */
  runsAlways: Is;
  /** On the way back: a worker whose idle colour runs the desired release and was not warmed by this run, so it has taken messages all the time. */
  keepsWorking: Is;
  /** The number of the active colour's instances follows the load, so that it may grow at any time. */
  followsLoad: Is;
  /** The active colour runs, so that there is production to share. */
  hasProduction: Is;
  /** The run changes what production answers, or may have. */
  changesProduction: Is;
  /** The service has clients, and its idle colour runs and may still have traffic. */
  isUndrained: Is;
  /** The idle colour had production's traffic during this run, or before it. */
  hadTraffic: Is;
  /** There is a desired release, as there is but for the one before a first release. */
  hasRelease: Is;
  /** The old colour still had traffic at the drain's cap and keeps running. */
  isKept: Is;
  /** The step is done for the service's desired release. */
  isDone(step: string): Is;
  isNotDone(step: string): Is;
  /** The service's release at this share has not been analysed to the end. */
  isUnrampedAt(share: number): Is;
}

/** Pure: the same input has the same facts. */
export function factsOf(input: PlanInput): PlanFacts {
  const { live, before, desired, progress, activeInstances, traits, isRollback, unsettled, awaitsApproval, deploy } =
    input;
  const { keepsWarm, endsKeptWarm, nowMs } = input;
  const service = (name: string) => live.services[name]!;
  const idle = (name: string): LiveColour => service(name).colours[other(service(name).active)];
  const active = (name: string): LiveColour => service(name).colours[service(name).active];
  const wanted = (name: string) => desired[name] ?? null;
  const releases = (step: string): readonly string[] => progress.done[step] ?? [];
  const isDone = (step: string) => (name: string) => {
    const release = wanted(name);
    return release !== null && releases(step).includes(releaseKey(release));
  };
  // An `up` that changes sizes and did not end may have taken instances away, or not have brought all of them.
  const sizesAreKnown = unsettled !== "sizes";
  const hasClients = (name: string) => traits[name]!.kind === "api";

  const all = Object.keys(desired).filter((name) => !hasNoWayBack(live, desired, name));
  const flipped = all.filter((name) => isActive(live, desired, name));
  const ahead = all.filter((name) => !flipped.includes(name));
  const isKeptWarm = (name: string) => idle(name).size > 0 && idle(name).until !== undefined;
  const runsDesired = (name: string) => idle(name).size > 0 && isSameRelease(idle(name).release, wanted(name));
  // The stack's state still has the instances of one whose time is over: it is retired before it is warmed again.
  const isUp = (name: string) => runsDesired(name) && !isOver(idle(name), nowMs);
  // On a rollback nothing waits for instances: what is warm takes over at once.
  const followsLoad = (name: string) => isElastic(traits[name]!.size);
  const isSmall = (name: string) => !isRollback && followsLoad(name) && idle(name).size < (activeInstances[name] ?? 0);
  const rerouted = flipped.filter((name) => unsettled === "routing" || service(name).idleShare !== undefined);
  const mayRun = (name: string) => idle(name).size > 0 || (!sizesAreKnown && idle(name).release !== null);
  const endsByItself = (name: string) => sizesAreKnown && isKeptWarm(name);
  const staysAsBefore = (name: string) =>
    isRollback && progress.routedAtMs === null && sizesAreKnown && ranBefore(before, name, idle(name));
  const toEnd = endsKeptWarm ? flipped.filter(mayRun) : [];
  const replaced = all.filter((name) =>
    flipped.includes(name)
      ? mayRun(name) && !endsByItself(name) && !staysAsBefore(name) && !toEnd.includes(name)
      : active(name).size > 0,
  );
  const cold = ahead.filter((name) => !sizesAreKnown || !isUp(name) || isSmall(name));
  const isKept = (name: string) => !ahead.includes(name) && progress.kept.includes(releaseKey(idle(name).release!));
  return {
    isRollback,
    awaitsApproval,
    deploy,
    progress,
    all,
    ahead,
    cold,
    occupied: ahead.filter((name) => idle(name).size > 0 && !isUp(name)),
    rerouted,
    replaced,
    toKeepWarm: keepsWarm && !isRollback ? replaced.filter((name) => canKeepWarm(traits[name]!) && !isKept(name)) : [],
    toEnd,
    toHold: ahead.filter((name) => isKeptWarm(name) && runsDesired(name) && idle(name).until !== ENDED),
    hasMigration: (name) => migrationOf(wanted(name), traits[name]!) !== null,
    hasClients,
    runsAlways: (name) => traits[name]!.kind !== "job",
    keepsWorking: (name) =>
      isRollback && traits[name]!.kind === "worker" && !cold.includes(name) && !isDone("warm")(name),
    followsLoad,
    hasProduction: (name) => active(name).size > 0,
    // What this run tested it cut over; a release that was active before needs no confirming.
    changesProduction: (name) =>
      ahead.includes(name) ||
      rerouted.includes(name) ||
      (isRollback ? progress.routedAtMs !== null : replaced.includes(name) || isDone("test")(name)),
    isUndrained: (name) =>
      hasClients(name) &&
      idle(name).size > 0 &&
      // The run that kept it warm has drained it before.
      !isKeptWarm(name) &&
      !releases("drain").includes(releaseKey(idle(name).release!)),
    hadTraffic: (name) => !isRollback || progress.routedAtMs !== null || rerouted.includes(name),
    hasRelease: (name) => wanted(name) !== null,
    isKept,
    isDone,
    isNotDone: (step) => (name) => !isDone(step)(name),
    isUnrampedAt: (share) => (name) => !releases("ramp").includes(rampedKey(releaseKey(wanted(name)!), share)),
  };
}

/** True if the service's idle colour ran the same release when the run began, and nothing was to end it. */
function ranBefore(before: Live, name: string, { release }: LiveColour): boolean {
  const service = before.services[name];
  if (!service) return false;
  const { size, until, release: earlier } = service.colours[other(service.active)];
  return size > 0 && until === undefined && isSameRelease(earlier, release);
}

/** True if production runs the desired release of the service. */
export function isActive(live: Live, desired: DesiredReleases, name: string): boolean {
  const { active, colours } = live.services[name]!;
  return isSameRelease(colours[active].release, desired[name]);
}

/** True for a first release that became active: there is nothing before it to go back to. */
export function hasNoWayBack(live: Live, desired: DesiredReleases, name: string): boolean {
  return desired[name] === null && !isActive(live, desired, name);
}

/** How the progress of a ramp names a share of a release. */
export function rampedKey(release: string, share: number): string {
  return `${release}@${share}`;
}
