import type { DeployEvent, StepName } from "../../../automation/events";
import { type Colour, other } from "../../../components/colour-name";
import type { CloudEvent } from "../../../rehearsal/cloud/events";
import type { TrafficSamples } from "../../../rehearsal/report/samples";
import type { RehearsalRecord } from "../../../rehearsal/report/types";
import { seededRandom } from "../../../rehearsal/seeded-random";
import { CLIENT_CLASSES, type RequestSample } from "../../../rehearsal/traffic/types";

/** Unix milliseconds of the first request. */
export const STARTED_AT_MS = Date.UTC(2026, 10, 25, 9, 30);

export interface SampleOptions {
  deploys?: number;
  cutover?: "routed" | "dns";
  /** The last deploy stops here. */
  failAt?: StepName;
  ratePerSecond?: number;
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

/** A rehearsal as it could have been: what a deploy, its traffic and the cloud would have left. */
export function sampleRecord(options: SampleOptions = {}): { record: RehearsalRecord; samples: TrafficSamples } {
  const { deploys = 1, cutover = "routed", ratePerSecond = 300 } = options;
  const record: RehearsalRecord = {
    settings: { cutover, speed: 20, ratePerSecond, drainSeconds: 80, services: ["users"] },
    deploys: [],
    trafficFile: "",
    processed: new Map(),
    cloud: instanceEvents(STARTED_AT_MS - 9_000, "blue", "running"),
    releases: [{ release: "users:v1", colour: "blue", deploy: 0 }],
  };
  const flips: { atMs: number; endMs: number; active: Colour }[] = [];
  let active: Colour = "blue";
  let atMs = STARTED_AT_MS + LEAD_MS;
  for (let deploy = 1; deploy <= deploys; deploy += 1) {
    const failAt = deploy === deploys ? options.failAt : undefined;
    const idle = other(active);
    record.releases.push({ release: `users:v${deploy + 1}`, colour: idle, deploy });
    const events = deployEvents(atMs, deploy, idle, failAt);
    record.deploys.push(events);
    const at = (step: StepName) => events.find((event) => event.type === "stepStarted" && event.step === step)?.atMs;
    record.cloud.push(...instanceEvents(at("warm")! + 3_800, idle, "running"));
    const flip = at("cutover");
    if (flip !== undefined) flips.push({ atMs: flip + 400, endMs: at("retire")! + 900, active: idle });
    const retired = at("retire") ?? at("coolDown");
    if (retired) record.cloud.push(...instanceEvents(retired + 900, flip === undefined ? idle : active, "terminated"));
    if (flip !== undefined) active = idle;
    atMs = events.at(-1)!.atMs + 700;
  }
  return { record, samples: sampleTraffic(record, flips, atMs + 800) };
}

function deployEvents(atMs: number, deploy: number, idle: Colour, failAt?: StepName): DeployEvent[] {
  const events: DeployEvent[] = [
    {
      type: "deployStarted",
      atMs,
      deploy: `d${deploy}`,
      stack: "rehearsal",
      releases: { users: `users:v${deploy + 1}` },
    },
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
      });
    }
    if (step === "drain" || step === "test") events.push({ type: "waited", atMs: now, step, seconds: took / 1000 });
    events.push({ type: "stepEnded", atMs: now, step, ok, detail });
  };
  for (const [step, took, detail] of STEPS) {
    play(step, took, step === failAt ? "exit code 1: expected 200, got 500 <html>" : detail, step !== failAt);
    if (step === failAt) break;
  }
  if (failAt) play("coolDown", 2_100, `${idle} is at 0`);
  const ended = {
    ok: !failAt,
    totalSeconds: (now - atMs) / 1000,
    failedStep: failAt ?? null,
    reason: failAt ? `${failAt}: exit code 1: expected 200, got 500 <html>` : "",
  };
  events.push({ type: "deployEnded", atMs: now, active: { users: failAt ? other(idle) : idle }, ...ended });
  return events;
}

function instanceEvents(atMs: number, colour: Colour, state: "running" | "terminated"): CloudEvent[] {
  return [1, 2].map((number) => ({
    kind: "instance",
    atMs: atMs + number * 130,
    autoScalingGroup: `users-${colour}`,
    instanceId: `i-${colour}-${number}`,
    state,
  }));
}

function sampleTraffic(
  { settings, releases, processed }: RehearsalRecord,
  flips: readonly { atMs: number; endMs: number; active: Colour }[],
  endMs: number,
): TrafficSamples {
  const random = seededRandom(7);
  const samples: TrafficSamples = { requests: [], dns: [] };
  const activeAt = (atMs: number) => flips.findLast((flip) => flip.atMs <= atMs)?.active ?? "blue";
  const releaseOf = (colour: Colour, atMs: number) => {
    const deploy = flips.filter((flip) => flip.atMs <= atMs).length;
    return releases.findLast((each) => each.colour === colour && each.deploy <= deploy)!.release;
  };
  for (let index = 0; STARTED_AT_MS + (index * 1000) / settings.ratePerSecond < endMs; index += 1) {
    const atMs = STARTED_AT_MS + (index * 1000) / settings.ratePerSecond;
    const clientClass = CLIENT_CLASSES[index % 3]!;
    const method = Math.floor(index / 3) % 2 === 0 ? "GET" : "POST";
    const isStuck = settings.cutover === "dns" && clientClass !== "honest";
    const lag = settings.cutover === "dns" ? random() * 3_000 : random() * 120;
    const colour = isStuck ? "blue" : activeAt(atMs - lag);
    const isFailed = isStuck && flips.some((flip) => flip.active === "green" && flip.endMs < atMs);
    const latencyMs = (1.2 + random() * 1.6) * (random() < 0.02 ? 6 + random() * 8 : 1);
    const postId = method === "POST" ? `p-${index}` : "";
    const end: Pick<RequestSample, "status" | "release" | "error"> = isFailed
      ? { status: 503, release: "", error: "503" }
      : { status: method === "POST" ? 201 : 200, release: releaseOf(colour, atMs), error: "" };
    samples.requests.push({ kind: "request", atMs, clientClass, method, postId, latencyMs, ...end });
    if (postId && !isFailed) processed.set(postId, 1);
  }
  for (let atMs = STARTED_AT_MS; atMs < endMs; atMs += 150) {
    const addresses = activeAt(atMs - 400) === "blue" ? ["127.67.0.1", "127.67.0.2"] : ["127.67.0.3", "127.67.0.4"];
    samples.dns.push({
      kind: "dns",
      atMs,
      clientClass: "honest",
      nameServer: "127.67.0.53",
      addresses,
      ttlSeconds: 60,
      error: "",
    });
  }
  return samples;
}
