import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../../automation/core/clock";
import { StepFailed } from "../../../automation/core/errors";
import type { RunState, StepContext } from "../../../automation/deploy/context";
import { deploy } from "../../../automation/deploy/deploy";
import { type AbortOptions, abort, resume } from "../../../automation/deploy/resume";
import { type RollbackRequest, rollback } from "../../../automation/deploy/rollback";
import type { Step } from "../../../automation/deploy/step";
import { NO_PROGRESS } from "../../../automation/ports/checkpoint";
import type { DeployEvent } from "../../../automation/ports/events";
import type { HttpClient, HttpRequest, HttpResponse } from "../../../automation/ports/http-client";
import type { JournalEntry } from "../../../automation/ports/journal";
import type { Observed } from "../../../automation/ports/migration-observer";
import type {
  ColourObservation,
  ObservedAlarm,
  ObservedRun,
  ObservedSecret,
  Observer,
  TrafficPeriod,
} from "../../../automation/ports/observer";
import type { ProbeAnswer } from "../../../automation/ports/probe-client";
import type { ScheduledEnds } from "../../../automation/ports/scheduled-ends";
import type { DeployStack, Recovered, UpOptions, UpResult } from "../../../automation/ports/stack";
import type { StepName } from "../../../automation/ports/step-names";
import type { TrafficSwitch } from "../../../automation/ports/traffic-switch";
import { StackStore } from "../../../automation/store/store";
import { COLOURS, type Colour, other } from "../../../components/core/colour-name";
import { type Live, liveAt } from "../../../components/live/live";
import type { ColourOutputs, MigrationDatabase, StackOutputs } from "../../../components/live/outputs";
import { configurationOfRelease } from "../../../components/live/release";
import { sidecarDigests } from "../../../components/live/sidecars";
import { Deploy } from "../../../components/settings/schema/deploy";
import { parseSettings, type Settings } from "../../../components/settings/settings";
import { FakeTaskRunner } from "./fake-run-task";
import { MemoryBackend } from "./memory-backend";
import { live, outputsOf, release } from "./worlds";

// Without it each deploy starts a process of git, to ask for the commit of a temporary folder.
process.env.GITHUB_SHA ??= "0123456789abcdef0123456789abcdef01234567";

/**
 * Settings of every service, of single ones, and of the deploy, whose defaults are those of the project but for two: nothing is
 * analysed after a cutover, and `drainCapSeconds` is 0 with rules, because every colour here counts requests all the time, and
 * 300 with records alone.
 */
interface SceneSettings extends Partial<Settings["deploy"]> {
  test?: string;
  size?: number | { min: number; max: number };
  migrate?: string;
  cutover?: "routed" | "dns";
  testHeader?: { name: string; value: string };
  probes?: string[];
  services?: Record<string, object>;
}

/** Time that passes only while somebody sleeps. */
export class FakeClock implements Clock {
  nowMs = 1_700_000_000_000;
  /** Called after each sleep. */
  onSlept: () => unknown = () => {};

  now(): number {
    return this.nowMs;
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.nowMs += ms;
    await this.onSlept();
    signal.throwIfAborted();
  }
}

/** A stack whose `up` does nothing but make the asked live state the outputs' one, under the program's own rule for serials. */
export class FakeStack implements DeployStack {
  readonly name = "test";
  /** Every live state that was asked for, in order. */
  readonly asked: Live[] = [];
  #leaseGuard: () => Promise<void> = async () => {};
  readonly messages: string[] = [];
  /** For each `up` the services of which it was told that an earlier one did not come to its end. */
  readonly unsettled: (readonly string[])[] = [];
  pending: string[] = [];
  /** True while somebody's `pulumi up` has the lock. */
  isLocked = false;
  /** The engine's words, by the number of the `up` (from 1) that shall fail. */
  readonly failures = new Map<number, Error>();
  /** The same, of those that fail when the stack has taken its outputs: the engine deletes last. */
  readonly lateFailures = new Map<number, Error>();
  onUp: (number: number) => unknown = () => {};
  /** Where production's rules were changed apart from Pulumi, by service, while the stack's state says something else. */
  readonly routedAhead = new Map<string, Colour>();

  constructor(
    public current: StackOutputs | null,
    private readonly clock: FakeClock,
    private readonly shapes: Settings["services"] = {},
  ) {}

  async outputs(): Promise<StackOutputs | null> {
    return this.current;
  }

  async isBusy(): Promise<boolean> {
    return this.isLocked;
  }

  async recover(options: UpOptions): Promise<Recovered> {
    while (this.isLocked) {
      options.onProgress("waiting for another update of the stack to end");
      await this.clock.sleep(500, options.signal);
    }
    for (const operation of this.pending) options.onProgress(operation);
    return { done: this.pending.splice(0).map((operation) => `cleared ${operation}`), outputs: this.current };
  }

  guardLease(check: () => Promise<void>): void {
    this.#leaseGuard = check;
  }

  async up(state: Live, options: UpOptions): Promise<UpResult> {
    options.signal.throwIfAborted();
    await this.#leaseGuard();
    this.asked.push(state);
    this.messages.push(options.message);
    this.unsettled.push(options.unsettled ?? []);
    const last = this.current!.live.serial;
    if (state.serial !== last + 1) throw new StepFailed(`serial ${state.serial} after ${last}`);
    options.onProgress("1 done");
    await this.onUp(this.asked.length);
    this.clock.nowMs += 1_000;
    const failure = this.failures.get(this.asked.length);
    if (failure) throw failure;
    options.signal.throwIfAborted();
    for (const [name, { active, idleShare }] of Object.entries(state.services)) {
      const was = this.current!.live.services[name]!;
      // Where the state says what is asked for, the engine changes nothing, whatever AWS has.
      if (was.active !== active || was.idleShare !== idleShare) this.routedAhead.delete(name);
    }
    // As the program does: what was kept warm until now is asked for with a size of 0.
    this.current = outputsOf(liveAt(state, this.clock.nowMs), this.shapes);
    const lateFailure = this.lateFailures.get(this.asked.length);
    if (lateFailure) throw lateFailure;
    return { outputs: this.current, seconds: 1, waitedSeconds: 0.5, changes: { update: 1 }, resources: [] };
  }
}

/** Everything that a deploy needs, in memory, where the world is as the stack's last outputs say. Tests change one thing at a time. */
export class Scene {
  /** Made for the first who needs it: many a scene is replaced before that. */
  readonly directory = join(tmpdir(), `aoshingo-deploy-${randomUUID()}`);
  readonly clock = new FakeClock();
  abort = new AbortController();
  readonly halt = new AbortController();
  keep = false;
  despiteAlarms = false;
  despiteUnhealthy = false;
  despiteFreeze = false;
  /** Unix milliseconds. */
  credentialsEndMs: StepContext["credentialsEndMs"] = null;
  /** Of the command line. */
  approve: StepContext["approve"];
  /** Of the command line. */
  keepWarm: StepContext["keepWarm"];
  /** The person at the terminal. */
  ask: StepContext["ask"];
  readonly events: DeployEvent[] = [];
  readonly stack: FakeStack;
  /** Added to the store's own clock, which is the machine's: leases are renewed while the scene's time jumps. */
  storeAheadMs = 0;
  readonly store = new StackStore(new MemoryBackend(() => Date.now() + this.storeAheadMs));
  /** Throws once the lease is lost. */
  assertHeld: () => Promise<void> = async () => {};
  readonly taskRunner = new FakeTaskRunner();
  readonly trafficSwitch: TrafficSwitch = {
    route: async ({ targetGroups }) => {
      const [, name, colour] = /^(.*)-(blue|green)-on-/.exec(targetGroups.find(({ weight }) => weight > 0)!.arn)!;
      this.stack.routedAhead.set(name!, colour as Colour);
    },
  };
  /** Auto Scaling groups whose scheduled end was taken away. */
  readonly heldGroups: string[] = [];
  readonly scheduledEnds: ScheduledEnds = { cancel: async (group) => void this.heldGroups.push(group) };
  /** What is seen in a database around a migration. */
  observeMigration: (watchesLocks: boolean, database: MigrationDatabase) => Promise<Observed> = async () => ({
    schema: {},
    locks: [],
  });
  /** Clusters whose tasks were told to end. */
  readonly drained: string[] = [];
  /** Called before tasks are told to end; may throw. */
  onDrain: () => void = () => {};
  settings;
  /** Secrets whose version is not 1, and missing ones, by reference. */
  readonly secrets = new Map<string, ObservedSecret>();
  /** Tags in the registry. */
  readonly images = new Set(["v1", "v2"]);
  /** Repositories that the role may not look into. */
  readonly deniedRepositories = new Set<string>();
  /** How far the machine's clock is ahead of AWS's. */
  clockAheadMs: number | null = 0;
  /** ARN of the user or role that the deploy acts as. */
  caller = "arn:aws:iam::123456789012:user/me";
  /** Changes what is seen of a colour, by its cluster's name such as `users-green`. */
  look: (cluster: string, seen: ColourObservation) => ColourObservation = (_, seen) => seen;
  /** Runs of jobs, by cluster. */
  readonly runs = new Map<string, ObservedRun[]>();
  /** State of alarms that are not OK, by name. */
  readonly alarms = new Map<string, ObservedAlarm["state"]>();
  /** What the load balancers counted for a colour, by its cluster's name, in one period. */
  count: (cluster: string, startMs: number) => Pick<TrafficPeriod, "requests" | "errors" | "responseSeconds"> = () => ({
    requests: 600,
    errors: 0,
    responseSeconds: 0.02,
  });
  /** Changes what answers. */
  hear: (question: HttpRequest, answer: HttpResponse) => HttpResponse = (_, answer) => answer;
  readonly heard: HttpRequest[] = [];
  /** URLs that probes asked for. */
  readonly probed: string[] = [];
  answerProbe: (url: string) => ProbeAnswer = () => ({ kind: "answered", status: 200, seconds: 0.02 });
  /** Addresses of each load balancer; none where only a proxy resolves names. */
  addresses: string[] = [];

  constructor(start: Live = live({ active: "blue", blue: ["v1", 2], green: null }), settings: SceneSettings = {}) {
    const { cutover = "routed", services: single = {}, testHeader, ...rest } = settings;
    const isOfDeploys = ([key]: [string, unknown]) => key in Deploy.shape;
    const every = Object.fromEntries(Object.entries(rest).filter((entry) => !isOfDeploys(entry)));
    const services = Object.fromEntries(
      Object.keys(start.services).map((name) => [name, { kind: "api", ...every, ...single[name] }]),
    );
    const deploy = {
      bakeSeconds: 0,
      drainCapSeconds: cutover === "routed" ? 0 : 300,
      ...Object.fromEntries(Object.entries(rest).filter(isOfDeploys)),
    };
    this.settings = parseSettings({ domain: "example.jp", cutover, deploy, services, testHeader });
    this.stack = new FakeStack(outputsOf(start, this.settings.services), this.clock, this.settings.services);
  }

  get context(): StepContext {
    const { settings, stack, clock, events, directory, taskRunner, store } = this;
    mkdirSync(directory, { recursive: true });
    return {
      settings,
      stack,
      observer: this.#observer(),
      httpClient: this.#answers(),
      probeClient: {
        ask: async ({ url }) => {
          this.probed.push(url);
          return this.answerProbe(url);
        },
      },
      taskRunner,
      migrationObserver: { observe: (database, watchesLocks) => this.observeMigration(watchesLocks, database) },
      trafficSwitch: this.trafficSwitch,
      scheduledEnds: this.scheduledEnds,
      secretReader: { value: async (reference) => `value-of-${reference}` },
      taskDrain: {
        begin: async (cluster) => {
          this.onDrain();
          this.drained.push(cluster);
        },
      },
      migrations: store,
      decisions: store,
      freezes: store,
      fencing: 1,
      assertHeld: () => this.assertHeld(),
      ask: this.ask,
      approve: this.approve,
      keepWarm: this.keepWarm,
      onReached: () => {},
      clock,
      signal: this.abort.signal,
      halt: this.halt.signal,
      keep: this.keep,
      despiteAlarms: this.despiteAlarms,
      despiteUnhealthy: this.despiteUnhealthy,
      despiteFreeze: this.despiteFreeze,
      credentialsEndMs: this.credentialsEndMs,
      projectDirectory: directory,
      emit: (event) => void events.push(event),
      onLease: (lease) => this.stack.guardLease(() => lease.assertHeld()),
    };
  }

  /** As a step gets it, with the desired release pinned. */
  state(wanted = "v2"): RunState {
    const outputs = this.stack.current!;
    const services = Object.keys(outputs.services);
    return {
      deploy: "20261125T000000Z-1",
      approval: null,
      command: "deploy",
      direction: "forward",
      before: outputs.live,
      unsettled: null,
      ignoredAlarms: [],
      ignoredUnhealthy: [],
      requests: services.map((service) => ({ service, image: wanted })),
      desired: Object.fromEntries(services.map((service) => [service, release(wanted, service)])),
      outputs,
      live: outputs.live,
      progress: { ...NO_PROGRESS, preflight: true },
      activeInstances: {},
    };
  }

  /** Deploys every service, and returns the error that it ended with, if any. */
  async deploy(
    image = "v2",
    services = Object.keys(this.settings.services),
    { migrateAgain = false } = {},
  ): Promise<Error | null> {
    const requests = services.map((service) => ({ service, image }));
    const asked = { command: "deploy", requests, reason: "", waitMs: 0, migrateAgain } as const;
    return ended(deploy(this.context, this.store, asked));
  }

  restart(services = Object.keys(this.settings.services)): Promise<Error | null> {
    const requests = services.map((service) => ({ service, image: "" }));
    return ended(deploy(this.context, this.store, { command: "restart", requests, reason: "", waitMs: 0 }));
  }

  resume(): Promise<Error | null> {
    return ended(resume(this.context, this.store, { waitMs: 0 }));
  }

  abortRun(options: Partial<AbortOptions> = {}): Promise<Error | null> {
    return ended(abort(this.context, this.store, { waitMs: 0, ...options }));
  }

  rollback(services: string[] = [], to: string | null = null): Promise<Error | null> {
    return this.rollBack({ services, to });
  }

  rollBack(request: Partial<RollbackRequest>): Promise<Error | null> {
    return ended(rollback(this.context, this.store, { services: [], to: null, reason: "", waitMs: 0, ...request }));
  }

  /** Performs one step as the runner does. */
  perform(step: Step, { state = this.state(), services = ["users"] }: { state?: RunState; services?: string[] } = {}) {
    const intended = step.intend?.(this.context, state, { services }) ?? null;
    return step.perform(this.context, state, { services, intended });
  }

  /** Names of the steps that were started, in order. */
  steps(): StepName[] {
    return this.events.flatMap((event) => (event.type === "stepStarted" ? [event.step] : []));
  }

  /** The one event of that type; fails if there are more or none. */
  event<Type extends DeployEvent["type"]>(type: Type): Extract<DeployEvent, { type: Type }> {
    const found = this.events.filter((event) => event.type === type);
    if (found.length !== 1) throw new Error(`${found.length} events ${type}`);
    return found[0] as Extract<DeployEvent, { type: Type }>;
  }

  /** Of the last deploy. */
  async journal(): Promise<JournalEntry[]> {
    const [last] = (await this.store.deploys()).slice(-1);
    return last === undefined ? [] : this.store.journal(last);
  }

  close(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  #observer(): Observer {
    return {
      caller: async () => this.caller,
      clockAheadMs: () => this.clockAheadMs,
      image: async (repository, reference) => {
        if (this.deniedRepositories.has(repository))
          throw Object.assign(new Error("not authorized to perform: ecr:DescribeImages"), {
            name: "AccessDeniedException",
          });
        const name =
          "tag" in reference ? reference.tag : [...this.images].find((tag) => digestOf(tag) === reference.digest);
        return name !== undefined && this.images.has(name) ? { digest: digestOf(name) } : null;
      },
      colour: async (outputs) => this.look(outputs.cluster, this.#seen(outputs)),
      secrets: async (references) =>
        new Map(references.map((reference) => [reference, this.secrets.get(reference) ?? { version: "1" }])),
      alarms: async (names) => names.map((name) => ({ name, state: this.alarms.get(name) ?? "OK", reason: "as told" })),
      traffic: async (groups, { fromMs, toMs, periodSeconds }) => {
        const cluster = /^(.*)-on-/.exec(groups[0]!.arn)![1]!;
        const periodMs = periodSeconds * 1000;
        const first = Math.ceil(fromMs / periodMs);
        const count = Math.max(0, Math.floor(toMs / periodMs) - first);
        return Array.from({ length: count }, (_, index) => {
          const startMs = (first + index) * periodMs;
          const counted = this.count(cluster, startMs);
          return { startMs, ended: counted.requests, ...counted };
        });
      },
      schedule: async ({ schedule: name }) => {
        const { active } = this.stack.current!.live.services[name]!;
        const { taskDefinition } = this.stack.current!.services[name]!.colours[active];
        return { isEnabled: taskDefinition !== null, taskDefinition: taskDefinition ?? "" };
      },
      // The image that live state says.
      taskImage: async (taskDefinition) => {
        const all = Object.entries(this.stack.current!.services).flatMap(([name, { colours }]) =>
          COLOURS.map((colour) => ({ definition: colours[colour].taskDefinition, colour, name })),
        );
        const found = all.find(({ definition }) => definition === taskDefinition);
        return found ? this.stack.current!.live.services[found.name]!.colours[found.colour].release!.image : null;
      },
      runs: async (cluster) => this.runs.get(cluster) ?? [],
      weights: async (rules) => new Map(rules.map((rule) => [rule, this.#weights(rule)])),
      aliases: async (_, names) => Object.fromEntries(names.map((name) => [name, this.#alias(name)])),
    };
  }

  /** Weights of a production rule, such as `users-at-public-blue`, as the state says or as they were changed apart from it. */
  #weights(rule: string): Map<string, number> {
    const [, name = "", edge, side] = /^(.*)-at-(public|internal)-(blue|green)$/.exec(rule) ?? [];
    const { active, idleShare = 0 } = this.stack.current!.live.services[name]!;
    const to = this.stack.routedAhead.get(name) ?? active;
    return new Map(
      COLOURS.map((colour) => [
        `${name}-${colour}-on-${edge === "public" ? "" : "internal-"}${side}`,
        colour === to ? 100 - idleShare : idleShare,
      ]),
    );
  }

  #alias(host: string): string {
    const [name = ""] = host.replace("-test.", ".").split(".");
    const { active } = this.stack.current!.live.services[name]!;
    const colour = host.includes("-test.") ? other(active) : active;
    return host.includes(".internal.") ? `${colour}.internal.elb.test` : `${colour}.elb.test`;
  }

  /** A colour that is just as the stack's outputs say. */
  #seen(outputs: ColourOutputs): ColourObservation {
    const [name, colour] = outputs.cluster.split("-") as [string, "blue" | "green"];
    const { release: runs, size } = this.stack.current!.live.services[name]!.colours[colour];
    const instances = Array.from({ length: size }, (_, index) => `i-${colour}-${index + 1}`);
    return {
      targets: outputs.targetGroups.flatMap(({ arn: targetGroup }) =>
        instances.map((instanceId) => ({ targetGroup, instanceId, state: "healthy", reason: "" })),
      ),
      tasks: instances.map((instanceId) => ({
        id: `task-${instanceId}`,
        instanceId,
        status: "RUNNING",
        digests: { [name]: digestOf(runs!.name), ...sidecarDigests(configurationOfRelease(runs!)?.sidecars ?? {}) },
        taskDefinition: outputs.taskDefinition ?? "",
      })),
      instances: instances.map((id) => ({ id, state: "InService", agent: "connected" })),
      joinedInstances: size,
      inService: size,
      minimum: size,
      failedActivities: [],
      failedTasks: [],
    };
  }

  /** Both load balancers know both names. */
  #answers(): HttpClient {
    return {
      get: async (question) => {
        this.heard.push(question);
        const { host } = new URL(question.url);
        const [name = ""] = host.replace("-test.", ".").split(".");
        const { active, colours } = this.stack.current!.live.services[name]!;
        const colour = host.includes("-test.") ? other(active) : (this.stack.routedAhead.get(name) ?? active);
        return this.hear(question, { status: 200, release: colours[colour].release?.name ?? "" });
      },
      addresses: async (name) => this.addresses.map((address) => `${address} of ${name}`),
    };
  }
}

function ended(run: Promise<void>): Promise<Error | null> {
  return run.then(
    () => null,
    (error: Error) => error,
  );
}

export function digestOf(name: string): string {
  return release(name).image.split("@")[1]!;
}

/** `blue 2 (active), green 0`: sizes of one service in a live state. */
export function sizes(state: Live, service = "users"): string {
  const { active, colours } = state.services[service]!;
  return COLOURS.map((colour) => `${colour} ${colours[colour].size}${colour === active ? " (active)" : ""}`).join(", ");
}
