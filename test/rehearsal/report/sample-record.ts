import type { DeployEvent, StepName } from "../../../automation/events";
import { type Colour, other } from "../../../components/colour-name";
import type { CloudEvent } from "../../../rehearsal/cloud/events";
import type { TrafficSamples } from "../../../rehearsal/report/samples";
import type { RehearsalRecord } from "../../../rehearsal/report/types";
import { seededRandom } from "../../../rehearsal/seeded-random";
import { emptyServiceLogs } from "../../../rehearsal/service-logs";
import { Schedule } from "../../../rehearsal/traffic/schedule";
import { streamsOf } from "../../../rehearsal/traffic/streams";
import type { RequestSample, TrafficStream } from "../../../rehearsal/traffic/types";
import { sampleJobs } from "./sample-jobs";

/** Unix milliseconds of the first request. */
export const STARTED_AT_MS = Date.UTC(2026, 10, 25, 9, 30);

export interface SampleOptions {
  /** The services of each deploy; a number is for so many deploys of users alone. */
  deploys?: number | string[][];
  cutover?: "routed" | "dns";
  /** The last deploy stops here. */
  failAt?: StepName;
  ratePerSecond?: number;
}

/** Each service alone, then the caller with its callee. */
export const STARTUP: string[][] = [["users"], ["mailer"], ["doodle"], ["users", "doodle"]];

/** Requests/s of a rehearsal. At a third of it, few answers and jobs fall into the tenths of a second in which both colours work. */
export const STARTUP_RATE = 1_000;

/** When which colour of a service became active; `endMs` is when the other one was gone. */
export interface Flip {
  service: string;
  atMs: number;
  endMs: number;
  active: Colour;
  deploy: number;
}

const LEAD_MS = 2_000;
const STEPS: readonly [StepName, number, string][] = [
  ["preflight", 420, "lease taken, stack clean"],
  ["warm", 5_120, "2 of 2 instances healthy"],
  ["verify", 640, "both targets answer users:v2"],
  ["test", 1_480, "12 passed"],
  ["cutover", 1_150, "active is green"],
  ["confirm", 510, "production answers from users:v2"],
  ["drain", 4_040, "80 s after the records were in sync, old load balancer quiet"],
  ["retire", 2_310, "blue is at 0"],
];

/** A rehearsal as it could have been: what deploys, their traffic and the cloud would have left. */
export function sampleRecord(options: SampleOptions = {}): { record: RehearsalRecord; samples: TrafficSamples } {
  const { cutover = "routed", ratePerSecond = 300 } = options;
  const given = options.deploys ?? 1;
  const deploys = typeof given === "number" ? Array.from({ length: given }, () => ["users"]) : given;
  const services = [...new Set(["users", ...deploys.flat()])].sort((one, another) => rank(one) - rank(another));
  const streams = streamsOf({ ratePerSecond, services, domain: "rehearsal.test" });
  const record: RehearsalRecord = {
    settings: { cutover, speed: 20, ratePerSecond, drainSeconds: 80, services },
    streams,
    deploys: [],
    trafficFile: "",
    logs: emptyServiceLogs(),
    cloud: services.flatMap((service) => instanceEvents(STARTED_AT_MS - 9_000, service, "blue", "running")),
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
    if (!failAt) for (const service of own) active[service] = other(active[service]!);
    const events = deployEvents(atMs, deploy, releases, { ...active }, failAt);
    record.deploys.push(events);
    const at = (step: StepName) => events.find((event) => event.type === "stepStarted" && event.step === step)?.atMs;
    const flip = at("cutover");
    const retired = at("retire") ?? at("coolDown");
    for (const service of own) {
      const idle = other(before[service]!);
      record.cloud.push(...instanceEvents(at("warm")! + 3_800, service, idle, "running"));
      if (flip !== undefined)
        flips.push({ service, atMs: flip + 400, endMs: at("retire")! + 900, active: idle, deploy });
      if (retired)
        record.cloud.push(
          ...instanceEvents(retired + 900, service, flip === undefined ? idle : before[service]!, "terminated"),
        );
    }
    atMs = events.at(-1)!.atMs + 700;
  });
  const samples = sampleTraffic(record, streams, flips, atMs + 800);
  if (services.includes("mailer")) sampleJobs(record, flips);
  return { record, samples };
}

function rank(service: string): number {
  return ["users", "doodle", "mailer"].indexOf(service);
}

function deployEvents(
  atMs: number,
  deploy: number,
  releases: Record<string, string>,
  active: Record<string, Colour>,
  failAt?: StepName,
): DeployEvent[] {
  const events: DeployEvent[] = [
    { type: "deployStarted", atMs, deploy: `d${deploy}`, command: "deploy", stack: "rehearsal", releases },
  ];
  let now = atMs;
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
    }
    if (step === "drain" || step === "test") events.push({ type: "waited", atMs: now, step, seconds: took / 1000 });
    events.push({ type: "stepEnded", atMs: now, step, ok, detail });
  };
  for (const [step, took, detail] of STEPS) {
    play(step, took, step === failAt ? "exit code 1: expected 200, got 500 <html>" : detail, step !== failAt);
    if (step === failAt) break;
  }
  if (failAt) play("coolDown", 2_100, "the idle colour is at 0");
  const ended = {
    ok: !failAt,
    totalSeconds: (now - atMs) / 1000,
    failedStep: failAt ?? null,
    reason: failAt ? `${failAt}: exit code 1: expected 200, got 500 <html>` : "",
  };
  events.push({ type: "deployEnded", atMs: now, active, outcome: ended.ok ? "done" : "takenBack", ...ended });
  return events;
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
    const end: Pick<RequestSample, "status" | "release" | "error"> = isFailed
      ? { status: 503, release: "", error: "503" }
      : { status: method === "POST" ? 201 : 200, release: releaseOf(service, colour, atMs), error: "" };
    samples.requests.push({ kind: "request", atMs, stream: stream.name, method, postId, latencyMs, ...end });
    if (postId === "" || isFailed) continue;
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
