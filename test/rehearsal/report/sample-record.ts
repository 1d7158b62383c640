import type { DeployEvent } from "../../../automation/ports/events";
import type { StepName } from "../../../automation/ports/step-names";
import { COLOURS, type Colour, other } from "../../../components/core/colour-name";
import type { Live } from "../../../components/live/live";
import type { CloudEvent } from "../../../rehearsal/cloud/kernel/events";
import { emptyServiceLogs } from "../../../rehearsal/environment/service-logs";
import type { GroupOwner } from "../../../rehearsal/report/cloud/group-owners";
import type { TrafficSamples } from "../../../rehearsal/report/samples";
import type { RehearsalRecord } from "../../../rehearsal/report/types";
import { seededRandom } from "../../../rehearsal/seeded-random";
import { Schedule } from "../../../rehearsal/traffic/schedule";
import { streamsOf } from "../../../rehearsal/traffic/streams";
import type { RequestSample, TrafficStream } from "../../../rehearsal/traffic/types";
import { live, together } from "../../automation/deploy/worlds";
import { sampleJobs } from "./sample-jobs";

/** Unix milliseconds of the first request. */
export const STARTED_AT_MS = Date.UTC(2026, 10, 25, 9, 30);

export interface SampleOptions {
  /** The services of each deploy; a number is for so many deploys of users alone. */
  deploys?: number | string[][];
  cutover?: "routed" | "dns";
  /** The last deploy stops here. */
  failAt?: StepName;
  /** The last deploy's release fails in production, by a fault of the cloud, and is taken back by itself. */
  turns?: boolean;
  ratePerSecond?: number;
}

/** Each service alone, then the caller with its callee. */
export const STARTUP: string[][] = [["users"], ["mailer"], ["doodle"], ["users", "doodle"]];

/**
 * Requests/s of a rehearsal. At a third of it, few answers and jobs fall into the tenths of a second in which both
 * colours work.
 */
export const STARTUP_RATE = 1_000;

/** When which colour of a service became active; `endMs` is when the other one was gone. */
export interface Flip {
  service: string;
  atMs: number;
  endMs: number;
  active: Colour;
  deploy: number;
}

/** What the last deploy's release is found guilty of, if it turns. */
export const BAD = "users: 5.17 % of 600 requests got a 5xx or no response, before the change 0.00 %, allowed 1.00 %";

const LEAD_MS = 2_000;
const STEPS: readonly [StepName, number, string][] = [
  ["preflight", 420, "lease taken, stack clean"],
  ["warm", 5_120, "2 of 2 instances healthy"],
  ["verify", 640, "both targets answer users:v2"],
  ["test", 1_480, "12 passed"],
  ["cutover", 1_150, "active is green"],
  ["confirm", 510, "production answers from users:v2"],
  ["drain", 4_040, "80 s after the records were in sync, and the old colour has no traffic"],
  ["retire", 2_310, "blue is at 0"],
];

/** A rehearsal as it could have been: what deploys, their traffic and the cloud would have left. */
export function sampleRecord(options: SampleOptions = {}): { record: RehearsalRecord; samples: TrafficSamples } {
  const { cutover = "routed", ratePerSecond = 300 } = options;
  const given = options.deploys ?? 1;
  const deploys = typeof given === "number" ? Array.from({ length: given }, () => ["users"]) : given;
  const services = [...new Set(["users", ...deploys.flat()])].sort((one, another) => rank(one) - rank(another));
  const groups = services.flatMap((service) => targetGroupEvents(service));
  const start = services.map((service) => routingEvents(STARTED_AT_MS - 5_000, service, "blue"));
  const streams = streamsOf({ ratePerSecond, services, domain: "rehearsal.test" });
  const record: RehearsalRecord = {
    settings: { cutover, speed: 20, ratePerSecond, drainSeconds: 80, services },
    streams,
    deploys: [],
    trafficFile: "",
    atRateSinceMs: 0,
    furthestBehind: null,
    lateStarts: [],
    logs: emptyServiceLogs(),
    cloud: [
      ...groups,
      ...start.flat(),
      ...services.flatMap((service) => instanceEvents(STARTED_AT_MS - 9_000, service, "blue", "running")),
    ],
    releases: services.map((service) => ({ service, release: `${service}:v1`, colour: "blue", deploy: 0 })),
  };
  const active: Record<string, Colour> = Object.fromEntries(services.map((service) => [service, "blue"]));
  const flips: Flip[] = [];
  let atMs = STARTED_AT_MS + LEAD_MS;
  deploys.forEach((own, index) => {
    const deploy = index + 1;
    const failAt = deploy === deploys.length ? options.failAt : undefined;
    const releases = Object.fromEntries(own.map((service) => [service, `${service}:v${deploy + 1}`]));
    for (const service of own)
      record.releases.push({ service, release: releases[service]!, colour: other(active[service]!), deploy });
    const before = { ...active };
    const turns = options.turns === true && deploy === deploys.length;
    if (!failAt && !turns) for (const service of own) active[service] = other(active[service]!);
    const events = deployEvents(atMs, deploy, releases, { before, after: { ...active } }, { failAt, turns });
    record.deploys.push(events);
    const at = (step: StepName) => events.find((event) => event.type === "stepStarted" && event.step === step)?.atMs;
    const lastOf = (step: StepName) =>
      events.findLast((event) => event.type === "stepStarted" && event.step === step)?.atMs;
    const flip = at("cutover");
    const retired = at("retire") ?? at("coolDown");
    for (const service of own) {
      const idle = other(before[service]!);
      record.cloud.push(...instanceEvents(at("warm")! + 3_800, service, idle, "running"));
      if (flip !== undefined) {
        flips.push({ service, atMs: flip + 400, endMs: (at("retire") ?? Infinity) + 900, active: idle, deploy });
        record.cloud.push(...routingEvents(flip + 400, service, idle));
      }
      if (turns) {
        const back = lastOf("cutover")! + 400;
        flips.push({ service, atMs: back, endMs: at("coolDown")! + 900, active: before[service]!, deploy });
        record.cloud.push(...routingEvents(back, service, before[service]!), ...faultEvents(flip!, service));
      }
      if (retired)
        record.cloud.push(
          ...instanceEvents(
            retired + 900,
            service,
            flip === undefined || turns ? idle : before[service]!,
            "terminated",
          ),
        );
    }
    atMs = events.at(-1)!.atMs + 700;
  });
  const samples = sampleTraffic(record, streams, flips, atMs + 800, options.turns === true);
  if (services.includes("mailer")) sampleJobs(record, flips);
  record.cloud.push(...callEvents(samples));
  return { record, samples };
}

function rank(service: string): number {
  return ["users", "doodle", "mailer"].indexOf(service);
}

function deployEvents(
  atMs: number,
  deploy: number,
  releases: Record<string, string>,
  active: { before: Record<string, Colour>; after: Record<string, Colour> },
  { failAt, turns }: { failAt?: StepName; turns: boolean },
): DeployEvent[] {
  const events: DeployEvent[] = [
    {
      ...{ type: "deployStarted", atMs, deploy: `d${deploy}`, stack: "rehearsal", releases },
      ...{ command: "deploy", opened: "deploy", direction: "forward" },
    },
  ];
  let now = atMs;
  const is = (colours: Record<string, Colour>) => {
    const states = Object.keys(releases).map((service) => {
      const idle = other(active.before[service]!);
      const sketch = { [idle]: ["v2", 2], [other(idle)]: ["v1", 2] } as Record<Colour, [string, number]>;
      return live({ active: colours[service]!, blue: sketch.blue, green: sketch.green }, { service });
    });
    events.push({ type: "live", atMs: now, live: together(...(states as [Live, ...Live[]])) });
  };
  is(active.before);
  const play = (step: StepName, took: number, detail: string, ok = true) => {
    events.push({ type: "stepStarted", atMs: now, step, title: step });
    now += took;
    if (step === "warm" || step === "cutover" || step === "retire") {
      const waitedSeconds = step === "warm" ? 3.6 : step === "retire" ? 1 : 0;
      events.push({
        type: "up",
        atMs: now,
        step,
        serial: deploy,
        seconds: took / 1000 - 0.05,
        waitedSeconds,
        changes: {},
        resources: [],
      });
      if (ok) is(step === "warm" ? active.before : active.after);
    }
    if (step === "drain" || step === "test") events.push({ type: "waited", atMs: now, step, seconds: took / 1000 });
    events.push({ type: "stepEnded", atMs: now, step, ok, detail });
  };
  for (const [step, took, detail] of STEPS) {
    play(step, took, step === failAt ? "exit code 1: expected 200, got 500 <html>" : detail, step !== failAt);
    if (step === failAt || (turns && step === "confirm")) break;
  }
  if (turns) playTurn();
  if (failAt) play("coolDown", 2_100, "the idle colour is at 0");
  const ended = {
    ok: !failAt && !turns,
    totalSeconds: (now - atMs) / 1000,
    failedStep: failAt ?? (turns ? ("bake" as const) : null),
    reason: failAt ? `${failAt}: exit code 1: expected 200, got 500 <html>` : turns ? `bake failed: ${BAD}` : "",
  };
  const outcome = ended.ok ? "done" : "takenBack";
  events.push({ type: "deployEnded", atMs: now, active: active.after, outcome, ...ended });
  return events;

  function playTurn(): void {
    const period = { startMs: now, requests: 600, errors: 31, ended: 600, responseSeconds: 0.002 };
    const old = { requests: 6_000, errors: 0, errorPercent: 0, responseSeconds: 0.0018 };
    const judged = { compare: "before" as const, periodSeconds: 3, maxErrorPercent: 1, maxLatencyRatio: 2 };
    const services = Object.keys(releases).map((service) => ({ service, ...judged, periods: [period], old }));
    events.push({ type: "analysed", atMs: now + 6_000, step: "bake", services });
    play("bake", 6_100, BAD, false);
    events.push({ type: "rollbackStarted", atMs: now, reason: BAD });
    for (const [step, took] of [
      ["cutover", 1_150],
      ["confirm", 510],
      ["drain", 3_000],
      ["coolDown", 2_100],
    ] as const)
      play(step, took, "on the way back");
  }
}

/** The target groups of a service's colours on both load balancers of both edges. */
export function targetGroupEvents(service: string): CloudEvent[] {
  return COLOURS.flatMap((colour) =>
    ["b", "g", "ib", "ig"].map((side) => targetGroupEvent(groupName(service, colour, side), { service, colour })),
  );
}

/** @param side first letter of the load balancer's colour, after an `i` on the internal edge */
function groupName(service: string, colour: Colour, side: string): string {
  return `${service}-${side.replace(/.$/, `${colour[0]}$&`)}-0a1b2c`;
}

export function targetGroupEvent(name: string, owner: GroupOwner): CloudEvent {
  return { kind: "targetGroup", atMs: STARTED_AT_MS - 60_000, name, tags: { ...owner } };
}

/** Both load balancers lead production to a colour, its name follows, and its targets are well. */
function routingEvents(atMs: number, service: string, colour: Colour): CloudEvent[] {
  const weights = (side: string) =>
    COLOURS.map((each) => ({ name: groupName(service, each, side), weight: each === colour ? 100 : 0 }));
  const host = `${service}.rehearsal.test`;
  return [
    ...COLOURS.map(
      (side, index): CloudEvent => ({
        kind: "rule",
        atMs: atMs + index * 60,
        loadBalancer: `public-${side}`,
        host,
        targetGroups: weights(side[0]!),
      }),
    ),
    ...["i-1", "i-2"].map(
      (targetId): CloudEvent => ({
        ...{ kind: "target", atMs: atMs - 300, targetGroup: groupName(service, colour, "b"), targetId },
        ...{ state: "healthy", reason: "" },
      }),
    ),
    {
      ...{ kind: "record", atMs: atMs + 700, name: host, type: "A", target: `public-${colour}-0a1b.elb.amazonaws.com` },
      ...{ state: "insync", nameServer: null },
    },
  ];
}

function faultEvents(atMs: number, service: string): CloudEvent[] {
  const fault = { kind: "fault", fault: "errorsAfter", id: "f1" } as const;
  return [
    { ...fault, atMs: atMs - 4_000, state: "on", detail: `share=0.05 service=${service} release=v2` },
    { ...fault, atMs: atMs + 450, state: "injected", detail: `task 0a1b of ${service} green v2` },
  ];
}

/** Each request of the caller's clients makes one call, which an internal load balancer counts. */
function callEvents({ requests }: TrafficSamples): CloudEvent[] {
  const own = requests.filter(({ stream }) => stream === "internal");
  const names = { loadBalancer: "internal-blue", targetGroup: "users-ibb-0a1b2c" };
  return own.map(({ atMs }) => ({ kind: "internalRequests", atMs: atMs + 1, ...names, requests: 1 }));
}

function instanceEvents(atMs: number, service: string, colour: Colour, state: "running" | "terminated"): CloudEvent[] {
  return [1, 2].map((number) => ({
    kind: "instance",
    atMs: atMs + number * 130,
    autoScalingGroup: `${service}-${colour}-instances-bbf49dd`,
    instanceId: `i-${service}-${colour}-${number}`,
    state,
  }));
}

function sampleTraffic(
  { settings, releases, logs }: RehearsalRecord,
  streams: readonly TrafficStream[],
  flips: readonly Flip[],
  endMs: number,
  isBad: boolean,
): TrafficSamples {
  const random = seededRandom(7);
  const samples: TrafficSamples = { requests: [], dns: [] };
  const flipsOf = (service: string) => flips.filter((flip) => flip.service === service);
  const activeAt = (service: string, atMs: number) =>
    flipsOf(service).findLast((flip) => flip.atMs <= atMs)?.active ?? "blue";
  const releaseOf = (service: string, colour: Colour, atMs: number) => {
    const deploy = flipsOf(service).findLast((flip) => flip.atMs <= atMs)?.deploy ?? 0;
    const known = releases.filter((each) => each.service === service && each.colour === colour);
    return known.findLast((each) => each.deploy <= deploy)!.release;
  };
  const schedule = new Schedule({ streams, seed: 1 }, STARTED_AT_MS);
  for (let index = 0; STARTED_AT_MS + (index * 1000) / settings.ratePerSecond < endMs; index += 1) {
    const { stream, method } = schedule.next().plan;
    const { service } = stream;
    const atMs = STARTED_AT_MS + (index * 1000) / settings.ratePerSecond;
    const isStuck = settings.cutover === "dns" && stream.behaviour !== "honest";
    const lag = settings.cutover === "dns" ? random() * 3_000 : random() * 120;
    const colour = isStuck ? "blue" : activeAt(service, atMs - lag);
    const isFailed = isStuck && flipsOf(service).some((flip) => flip.active === "green" && flip.endMs < atMs);
    const slow = stream.name === "internal" ? 3 : 1;
    const exactMs = slow * (1.2 + random() * 1.6) * (random() < 0.02 ? 6 + random() * 8 : 1);
    const latencyMs = Math.round(exactMs * 1000) / 1000;
    const postId = method === "POST" ? `p-${index}` : "";
    const isError = isBad && colour === "green" && random() < 0.05;
    const end: Pick<RequestSample, "status" | "release" | "error"> = isFailed
      ? { status: 503, release: "", error: "503" }
      : isError
        ? { status: 500, release: releaseOf(service, colour, atMs), error: "500" }
        : { status: method === "POST" ? 201 : 200, release: releaseOf(service, colour, atMs), error: "" };
    samples.requests.push({ kind: "request", atMs, stream: stream.name, method, postId, latencyMs, ...end });
    if (postId === "" || isFailed || isError) continue;
    const deed = { id: postId, atMs: atMs + latencyMs / 2, release: "" };
    const callee = service === "users" ? colour : activeAt("users", atMs - random() * 120);
    logs.usersCreated.push({ ...deed, colour: callee });
    if (service !== "doodle") continue;
    logs.pollsCreated.push({ ...deed, colour });
    if (settings.services.includes("mailer")) logs.jobsSent.push({ ...deed, colour });
  }
  const asked = streams.filter(({ name }) => name === "honest" || name === "internal");
  for (let atMs = STARTED_AT_MS; atMs < endMs; atMs += 150) {
    for (const { name, service } of asked) {
      const isBlue = activeAt(service, atMs - 400) === "blue";
      samples.dns.push({
        kind: "dns",
        atMs,
        stream: name,
        nameServer: "127.67.0.53",
        addresses: isBlue ? ["127.67.0.1", "127.67.0.2"] : ["127.67.0.3", "127.67.0.4"],
        ttlSeconds: 60,
        error: "",
      });
    }
  }
  return samples;
}
