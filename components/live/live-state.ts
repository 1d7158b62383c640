import { isDeepStrictEqual } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { COLOURS, type Colour, other } from "../core/colour-name";
import { UserError } from "../core/user-error";
import { CONFIG_NAMESPACE, type Cutover, LIVE_KEY, type ServiceSettings, type Settings } from "../settings/settings";
import { latestEndMs } from "./keep-warm";
import {
  ended,
  isOver,
  keptWarmIn,
  type Live,
  type LiveService,
  liveAt,
  liveSchema,
  liveSettingSchema,
  withColours,
  withoutUntil,
} from "./live";

const KEY = `${CONFIG_NAMESPACE}:${LIVE_KEY}`;

/** The settings that limit which live states are allowed. */
export interface LiveSettings {
  cutover: Settings["cutover"];
  services: Readonly<Record<string, Pick<Settings["services"][string], "kind">>>;
}

/**
 * The live state that a run builds, and the one that the last successful run left. Both have exactly the services of
 * the settings.
 */
export interface LiveState {
  live: Live;
  /** After the last successful run. */
  previous: Live;
  /** After the last successful run, of services that the settings have no more. */
  removed: Live["services"];
  /** True if the run was told a live state: only a deploy does that. */
  isDeploy: boolean;
  /** Services whose idle colours may have another size than `previous` says: an `up` before did not come to its end. */
  unsettled: readonly string[];
}

/** Live state of a new service. Green is active without a release, so that the first release becomes blue. */
export function startOfService(): LiveService {
  return { active: "green", colours: { blue: { release: null, size: 0 }, green: { release: null, size: 0 } } };
}

/**
 * Determines the live state of a run: the config value if there is one, else the stack's last output, else that of a
 * new stack.
 *
 * @param last the stack's output `live`; undefined before the first run
 * @param configured the config value `aoshingo:live`; it must follow on `last`, with the same serial and the same
 * content, or with the next serial
 * @param nowMs a colour that was kept warm until then or earlier goes to 0 in the run of a deploy, as a retired one does: Auto
 * Scaling has taken its instances away, or is about to. In any other run it stays: see `afterEnds`
 * @throws UserError for a live state that is malformed, does not follow, or would break requests
 */
export function resolveLive(settings: LiveSettings, last: unknown, configured: unknown, nowMs = Date.now()): LiveState {
  const services = Object.keys(settings.services);
  const lastLive =
    last === undefined ? { serial: 0, services: {} } : parseLive(liveSchema, last, "the stack's output `live`");
  const previous = withServices(services, lastLive);
  const removed = Object.fromEntries(Object.entries(lastLive.services).filter(([name]) => !services.includes(name)));
  if (configured === undefined) {
    checkShares(previous, previous, settings);
    return { live: previous, previous, removed, isDeploy: false, unsettled: [] };
  }
  const { unsettled = [], ...wanted } = parseLive(liveSettingSchema, configured, KEY);
  if (last !== undefined) checkServices(wanted, lastLive);
  checkSerial(liveAt(wanted, nowMs), liveAt(lastLive, nowMs));
  const live = liveAt(withServices(services, wanted), nowMs);
  checkChanges(live, previous);
  checkShares(live, previous, settings);
  return { live, previous, removed, isDeploy: true, unsettled };
}

/**
 * Like `resolveLive`, with the config value of the run that is going on, and with what has become by itself of colours that were
 * kept warm.
 * @param hasEnded whether Auto Scaling has taken the instances of a service's colour away; asked only of one whose time is over
 */
export async function readLiveState(
  settings: LiveSettings,
  last: unknown,
  hasEnded: (service: string, colour: Colour) => Promise<boolean>,
): Promise<LiveState> {
  const state = resolveLive(settings, last, new pulumi.Config(CONFIG_NAMESPACE).getObject(LIVE_KEY));
  if (state.isDeploy) return state;
  const nowMs = Date.now();
  const over = keptWarmIn(state.live).filter(({ untilMs }) => untilMs <= nowMs);
  const found = await Promise.all(over.map(({ service, colour }) => hasEnded(service, colour)));
  const endedServices = over.flatMap(({ service }, place) => (found[place] ? [service] : []));
  return { ...state, live: afterEnds(state.live, endedServices, nowMs) };
}

/**
 * The live state with what became of the colours whose time is over. One that Auto Scaling has ended is at 0. One that still runs is not
 * stopped: a rollback may have taken its end away and led production to it, with an `up` to come that says so in the stack. It keeps its
 * time while the action may still come, and is as any other idle colour after that.
 * @param endedServices those whose kept colour Auto Scaling has taken to 0
 */
export function afterEnds(live: Live, endedServices: readonly string[], nowMs: number): Live {
  return withColours(live, (colour, service) => {
    if (!isOver(colour, nowMs)) return colour;
    if (endedServices.includes(service)) return ended(colour);
    return nowMs < latestEndMs(colour.until!) ? colour : withoutUntil(colour);
  });
}

function parseLive<Parsed>(schema: z.ZodType<Parsed>, value: unknown, where: string): Parsed {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${[where, ...issue.path].join(".")}: ${issue.message}`);
  throw new UserError(problems.join("\n"));
}

/** Exactly the given services: new ones as new services start, and without those that were removed. */
function withServices(services: readonly string[], live: Live): Live {
  return {
    serial: live.serial,
    services: Object.fromEntries(services.map((name) => [name, live.services[name] ?? startOfService()])),
  };
}

/**
 * Refuses a run that began before a `pulumi up` added or removed services: its settings do not know of that, so it would
 * delete what was added, with its data, or create anew what was removed.
 */
function checkServices(wanted: Live, last: Live): void {
  const [given, there] = [wanted, last].map(({ services }) => Object.keys(services).sort().join(", ") || "none");
  if (given === there) return;
  throw new UserError(
    `${KEY}.services: given ${given}, but the stack has ${there}: \`pulumi up\` has added or removed services since this run began, which would take that back. ` +
      "Go on with `resume` or `abort`, from a checkout whose settings have the services of the stack.",
  );
}

function checkSerial(wanted: Live, last: Live): void {
  if (wanted.serial === last.serial + 1) return;
  if (wanted.serial !== last.serial) {
    throw new UserError(
      `${KEY}.serial is ${wanted.serial}, but the stack is at ${last.serial}: wanted ${last.serial} or ${last.serial + 1}. ` +
        `Take ${KEY} out of the config: without it a run keeps what is live, and only a deploy changes it.`,
    );
  }
  if (!isDeepStrictEqual(wanted, last)) {
    throw new UserError(
      `${KEY}.serial is ${wanted.serial} like the stack's, but its content is not the same: a change needs serial ${last.serial + 1}.`,
    );
  }
}

/**
 * Refuses changes that would break requests: a new release on a colour that runs (its old task stops before the new
 * one starts), and traffic to a colour without instances.
 */
function checkChanges(live: Live, previous: Live): void {
  for (const [name, service] of Object.entries(live.services)) {
    const before = previous.services[name] ?? startOfService();
    for (const colour of COLOURS) {
      const { release, size } = before.colours[colour];
      if (size > 0 && !isDeepStrictEqual(service.colours[colour].release, release)) {
        throw new UserError(
          `${KEY}.services.${name}.colours.${colour}.release: given ${service.colours[colour].release?.name ?? "none"}, but ${colour} runs ${release?.name} at size ${size}: ` +
            "a release changes only on a colour at size 0. Deploy to the idle colour.",
        );
      }
    }
    if (service.colours[service.active].until !== undefined) {
      throw new UserError(
        `${KEY}.services.${name}.colours.${service.active}.until: given ${service.colours[service.active].until}, but ${service.active} is active: only an idle colour is kept warm for a time. Take it away.`,
      );
    }
    const warm = before.colours[service.active].size > 0 && service.colours[service.active].size > 0;
    if (service.active !== before.active && !warm) {
      throw new UserError(
        `${KEY}.services.${name}.active: given ${service.active}, but ${service.active} is at size 0: warm it before traffic goes there.`,
      );
    }
  }
}

function checkShares(live: Live, previous: Live, { cutover, services }: LiveSettings): void {
  for (const [name, service] of Object.entries(live.services)) {
    const before = previous.services[name] ?? startOfService();
    const problem = shareProblem(service, before, cutover, services[name]!.kind);
    if (problem !== null) throw new UserError(`${KEY}.services.${name}.${problem}`);
  }
}

/**
 * The reason why production's requests cannot be shared between the colours as asked, as `<key>: <what is wrong>`, or
 * null. A share needs weights, and instances of both colours before and after the run. It ends before its colour goes
 * to 0, and when its colour becomes active.
 *
 * @param before the service after the last run
 */
function shareProblem(
  { active, colours, idleShare }: LiveService,
  before: LiveService,
  cutover: Cutover,
  kind: ServiceSettings["kind"],
): string | null {
  const sharing = other(before.active);
  // A change of a rule is not instant (aws-rules E24): instances that stopped in the same run would still get
  // requests.
  if (before.idleShare !== undefined && colours[sharing].size === 0) {
    return `colours.${sharing}.size: given 0, but ${sharing} gets ${before.idleShare} % of production's requests: take idleShare away in a run before.`;
  }
  if (idleShare === undefined) return null;
  const given = `idleShare: given ${idleShare}, but`;
  const idle = other(active);
  if (kind !== "api") return `${given} a ${kind} gets no requests: take it away.`;
  if (cutover === "dns") return `${given} cutover: dns has no weights: take it away, or take cutover: routed.`;
  if (active !== before.active) {
    return `${given} active changes from ${before.active} to ${active}, which ends a ramp: take it away.`;
  }
  if (before.colours[idle].size === 0) return `${given} ${idle} is at size 0: warm it before traffic goes there.`;
  if (colours[idle].size === 0) return `${given} ${idle} goes to size 0: take it away.`;
  if (before.colours[active].size === 0 || colours[active].size === 0) {
    return `${given} ${active}, which is active, is at size 0: there is nothing to share. Cut over at once.`;
  }
  return null;
}
