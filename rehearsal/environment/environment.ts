import { readFileSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { execa } from "execa";
import { readStackSettings } from "../../automation/core/project";
import { PROJECT_DIRECTORY } from "../../automation/core/project-directory";
import type { DeployEvent } from "../../automation/ports/events";
import { changeDocument } from "../../automation/stack/change-document";
import type { StackOutputs } from "../../components/live/outputs";
import type { CiUse } from "../../components/security/ci-trust";
import { assertNoOtherCloud } from "../cloud/directory-owner";
import { authorityFile } from "../cloud/environment";
import type { CloudEvent } from "../cloud/kernel/events";
import { RunningCloud } from "../cloud/running-cloud";
import { STACK } from "../cloud/settings-source";
import { requireDocker } from "../images/docker-image";
import { pushImage } from "../images/push-image";
import type { Change, ReleaseFault } from "../options";
import { Traffic } from "../traffic/traffic";
import type { OpenStreams, TrafficStream } from "../traffic/types";
import { type CloudOptions, type CloudPlace, cloudArgs } from "./cloud-args";
import { DeployCommand, type DeployRun } from "./deploy-command";
import { externalServer } from "./external-server";
import {
  type CommandEnd,
  type CommandProcess,
  endOf,
  enginesOf,
  killAtOnce,
  type RunHooks,
  startCommand,
} from "./killable-command";
import { provideSecrets } from "./provide-secrets";
import { type SettingsChanges, scaled, sidecarImages, type WrittenSettings, writeSettings } from "./rehearsal-stack";
import { type NextRelease, Releases } from "./releases";
import { asRole, type Jobs } from "./role-session";
import { readServiceLogs, type ServiceLogs } from "./service-logs";
import { SettingsChanger } from "./settings-changes";

/** A client's patience in real milliseconds: shorter than a browser's, longer than any answer of a healthy service. */
const CLIENT_TIMEOUT_MS = 10_000;

/** The roles in which CI runs commands (.github/workflows). People run the others. */
const CI_ROLES: Partial<Record<string, CiUse>> = {
  deploy: "deploy",
  rollback: "deploy",
  resume: "deploy",
  abort: "deploy",
  retire: "deploy",
  preview: "preview",
};

export interface EnvironmentOptions {
  /** Where settings and traffic records go; the cloud's own files go to the folder `cloud` in it. */
  directory: string;
  cloud: CloudOptions;
  settings: SettingsChanges;
  /** URL of a PostgreSQL that is there already, and gets all databases. Default: each has a server of its own. */
  databaseUrl?: string | undefined;
  /** Whether this machine's Docker builds and runs the images of services with a Dockerfile. Default: false. */
  byDocker?: boolean;
  /** Ends what is under way; `close` is still the caller's. Default: never, unless the cloud ends by itself. */
  signal?: AbortSignal;
  /** Gets each line of the cloud's log. */
  onLog?(line: string): void;
}

export interface ImagePush {
  service: string;
  tag: string;
  /** `KEY=value`, baked into the image. Default: none. */
  variables?: readonly string[];
  /** Folder of the service's code. Default: `services/<service>`. */
  folder?: string;
  /** Default: the service's, by the outputs of the last `up` of this environment. */
  repository?: string;
}

type Pulumi = ReturnType<typeof startPulumi>;

/**
 * A rehearsal cloud with the project's stack, from its start to its end. Every harness works in one: rehearsal, chaos,
 * fault matrix, benchmarks and tests.
 */
export class RehearsalEnvironment {
  readonly trafficFile: string;
  /** Aborts when the environment's own signal does, or when the cloud ends by itself. */
  readonly signal: AbortSignal;
  readonly #processes = new Set<CommandProcess | Pulumi>();
  readonly #deploys = new Set<DeployCommand>();
  readonly #settings = new SettingsChanger(this);
  readonly #releases = new Releases(
    (release) => this.push(release),
    (kind, services) => this.#settings.change(kind, services),
  );
  #outputs: StackOutputs | null = null;
  #prewarmed: DeployCommand | null = null;
  #traffic: Promise<Traffic> | null = null;
  #closing: Promise<void> | null = null;

  private constructor(
    readonly directory: string,
    readonly settingsFile: string,
    /** What of the stack's settings the rehearsal does not try, in words. */
    readonly notTriedOfSettings: readonly string[],
    readonly place: CloudPlace & { jobs: Jobs | undefined },
    readonly cloud: RunningCloud,
    private readonly options: EnvironmentOptions,
  ) {
    const { lost } = cloud;
    this.signal = options.signal ? AbortSignal.any([options.signal, lost]) : lost;
    this.trafficFile = join(directory, "traffic.ndjson");
  }

  /**
   * Starts the cloud and writes the stack's settings. The stack does not exist yet.
   * @throws UserError when Docker is asked for and does not answer, the cloud cannot start, the settings lack a service, or the server of `databaseUrl` cannot be used
   */
  static async start(options: EnvironmentOptions): Promise<RehearsalEnvironment> {
    const { onLog = () => {}, byDocker = false } = options;
    if (byDocker) await requireDocker();
    const directory = resolve(options.directory);
    const {
      file: settingsFile,
      stack,
      notTried,
      secrets,
    } = await prepare(directory, scaled(options.settings, options.cloud.speed));
    const { settings, region } = readStackSettings(STACK, settingsFile);
    const place = { domain: settings.domain, region, jobs: settings.ci };
    if (notTried.length > 0) onLog(`Not rehearsed of the settings of ${stack}: ${notTried.join("; ")}`);
    const databaseServer =
      options.databaseUrl === undefined ? undefined : await externalServer(options.databaseUrl, settingsFile, onLog);
    const args = cloudArgs(directory, settingsFile, place, options.cloud);
    const cloud = await RunningCloud.start({ args, onLog, databaseServer, signal: options.signal });
    try {
      await provideSecrets(secrets, cloud.ready.environment);
      return new RehearsalEnvironment(directory, settingsFile, notTried, place, cloud, options);
    } catch (error) {
      await cloud.stop();
      throw error;
    }
  }

  /**
   * Waits for an environment to start, runs `work` in it, and closes it on every way out.
   * @throws the reason of the environment's signal, whatever `work` threw after that had aborted
   */
  static async use<Result>(
    starting: Promise<RehearsalEnvironment>,
    work: (environment: RehearsalEnvironment) => Promise<Result>,
  ): Promise<Result> {
    const environment = await starting;
    try {
      return await work(environment);
    } catch (error) {
      environment.signal.throwIfAborted();
      throw error;
    } finally {
      await environment.close();
    }
  }

  /** Environment variables that lead a process to the cloud instead of AWS. */
  get variables(): Record<string, string> {
    return this.cloud.ready.environment;
  }

  /** The stack's outputs after the last `up` of this environment; commands that ran later are not in them. */
  get outputs(): StackOutputs {
    if (!this.#outputs) throw new Error("the stack has no outputs: create it first");
    return this.#outputs;
  }

  /** Creates the stack with its infrastructure; no service has a release yet. */
  createStack(): Promise<StackOutputs> {
    return this.#up({ create: true });
  }

  /** Brings the stack up to settings that have changed, as a person does with `pulumi up`. */
  up(): Promise<StackOutputs> {
    return this.#up({ create: false });
  }

  /** Changes the settings of later commands. */
  changeSettings(change: Parameters<typeof changeDocument>[1]): Promise<void> {
    return changeDocument(this.settingsFile, change);
  }

  /** Builds an image of a service and pushes it. @returns its digest, or "" if the tag exists already */
  push({ service, tag, variables = [], folder, repository }: ImagePush): Promise<string> {
    const { byDocker = false, onLog } = this.options;
    return pushImage({
      ...{
        service,
        tag,
        environment: variables,
        region: this.place.region,
        endpoint: this.variables.AWS_ENDPOINT_URL!,
      },
      ...{ byDocker, signal: this.signal, onDockerBuild: () => onLog?.(`Building ${service}:${tag} with Docker`) },
      repository: repository ?? this.outputs.services[service]!.repository.name,
      ...(folder === undefined ? {} : { folder }),
    });
  }

  /** Gives services a secret that `nextReleases` can rotate. Before the stack is created. */
  addSecrets(services: readonly string[]): Promise<void> {
    return this.#settings.addSecrets(services);
  }

  /**
   * Makes the next release of each service: builds and pushes `v1`, `v2`, ..., or changes settings or a secret. Before
   * that it pushes sidecars, if they are not there.
   */
  async nextReleases(
    services: readonly string[],
    fault: ReleaseFault = "none",
    change: Change = "image",
  ): Promise<NextRelease[]> {
    for (const { folder, ...image } of await sidecarImages(this.settingsFile, services))
      await this.push({ ...image, folder: join(PROJECT_DIRECTORY, folder) });
    return this.#releases.next(services, fault, change);
  }

  /** Starts the process of the next deploy. Resolves when it has loaded. */
  prewarmDeploy(): Promise<void> {
    this.#prewarmed ??= DeployCommand.prewarm(this.variables, this.signal);
    return this.#prewarmed.loaded;
  }

  /**
   * Runs the deploy command in the prewarmed process, or in a new one.
   * @param args releases such as `users=v2`, and options
   */
  async deploy(args: readonly string[], onEvent: (event: DeployEvent) => void = () => {}): Promise<DeployRun> {
    void this.prewarmDeploy();
    // Until then `close` ends the process.
    const keys = await asRole("deploy", this.place.jobs, this.variables, this.cloud.ready.directory);
    const command = this.#prewarmed!;
    this.#prewarmed = null;
    this.#deploys.add(command);
    try {
      return await command.run(["--stack", STACK, "--config-file", this.settingsFile, ...args], keys, onEvent);
    } finally {
      this.#deploys.delete(command);
    }
  }

  /**
   * Starts a command of `automation/cli.ts`. The process does not reject when it fails.
   * @param options.settingsFile null for a command that reads no settings
   * @param options.variables those that lead to the cloud; default: as a person, who is an administrator
   */
  start(
    command: string,
    args: readonly string[] = [],
    options: { settingsFile?: string | null; variables?: Record<string, string> } = {},
  ): CommandProcess {
    const { settingsFile = this.settingsFile, variables = this.variables } = options;
    const settings = settingsFile === null ? [] : ["--config-file", settingsFile];
    return this.#track(startCommand(variables, [command, "--stack", STACK, ...settings, ...args], this.signal));
  }

  /** Runs a command of `automation/cli.ts` with `--json` to its end, in the role that CI runs it in. */
  async run(
    command: string,
    args: readonly string[] = [],
    { settingsFile, ...hooks }: RunHooks & { settingsFile?: string } = {},
  ): Promise<CommandEnd> {
    const use = CI_ROLES[command];
    const variables = use
      ? await asRole(use, this.place.jobs, this.variables, this.cloud.ready.directory)
      : this.variables;
    const child = this.start(command, [...args, "--json"], { variables, ...(settingsFile ? { settingsFile } : {}) });
    const end = await endOf(child, this.variables.PULUMI_BACKEND_URL!, hooks);
    this.signal.throwIfAborted();
    return end;
  }

  /** Starts the plain Pulumi CLI in a project's folder. The process does not reject when it fails. */
  pulumi(args: readonly string[], directory = PROJECT_DIRECTORY): Pulumi {
    return this.#track(startPulumi(this.variables, args, directory, this.signal));
  }

  /** Starts the traffic's process, which loads meanwhile; it sends nothing yet. */
  prepareTraffic(streams: TrafficStream[], openStreams?: OpenStreams): void {
    const { ready } = this.cloud;
    const { speed, seed } = this.options.cloud;
    this.#traffic = Traffic.prepare({
      ...{ streams, speed, seed, recordFile: this.trafficFile, timeoutMs: CLIENT_TIMEOUT_MS },
      ...(openStreams ? { openStreams } : {}),
      nameServers: ready.nameServers,
      portOffset: ready.portOffset,
      certificateAuthority: readFileSync(authorityFile(ready.directory), "utf8"),
    });
    this.#traffic.catch(() => {});
  }

  /** Starts the requests of the traffic that was prepared. */
  async startTraffic(): Promise<Traffic> {
    const traffic = await this.#traffic!;
    traffic.start();
    return traffic;
  }

  /** What the services did, by their own logs; the cloud may have ended. */
  logs(): Promise<ServiceLogs> {
    return readServiceLogs(join(this.directory, "cloud", "logs"));
  }

  /** What happened in the cloud so far, oldest first; it may have ended. */
  async events(): Promise<CloudEvent[]> {
    const lines = (await readFile(join(this.directory, "cloud", "events.ndjson"), "utf8")).split("\n");
    return lines.filter(Boolean).map((line) => JSON.parse(line) as CloudEvent);
  }

  /**
   * Ends everything, in the order in which one part needs the next: commands, engines, traffic, cloud. It may be
   * called again.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const running = [...this.#processes];
    for (const child of running) child.kill();
    const deploys = [...this.#deploys, this.#prewarmed].map((command) => command?.end());
    await Promise.allSettled([...running, ...deploys]);
    for (const pid of await enginesOf(this.variables.PULUMI_BACKEND_URL!)) killAtOnce(pid);
    await this.#traffic?.then((traffic) => traffic.kill()).catch(() => {});
    await this.cloud.stop();
  }

  async #up({ create }: { create: boolean }): Promise<StackOutputs> {
    // Pulumi's SDK and the program take a second to load: whoever starts a cloud needs them later.
    const { upStack } = require("./up-stack") as typeof import("./up-stack");
    const { variables, settingsFile, signal } = this;
    try {
      this.#outputs = await upStack({ variables, settingsFile, create, signal });
    } catch (error) {
      // What the engine says is a consequence.
      signal.throwIfAborted();
      throw error;
    }
    return this.#outputs;
  }

  #track<Process extends CommandProcess | Pulumi>(child: Process): Process {
    this.#processes.add(child);
    void child.then(() => this.#processes.delete(child));
    return child;
  }
}

/** Files that an earlier environment may have left in the same folder. Where this one ends early, a reader would take them for its own. */
const EARLIER_FILES = ["traffic.ndjson", "report.json", "report.html", "chaos.json", "faults.json", "faults.md"];

/**
 * Writes the settings, which makes the folder, and removes the record of an earlier traffic from it, and the report of it.
 * @throws UserError while the cloud of another one runs in the folder, whose settings these would replace
 */
async function prepare(directory: string, settings: SettingsChanges): Promise<WrittenSettings> {
  assertNoOtherCloud(join(directory, "cloud"));
  const written = await writeSettings(directory, settings);
  await Promise.all(EARLIER_FILES.map((file) => rm(join(directory, file), { force: true })));
  return written;
}

function startPulumi(
  variables: Record<string, string>,
  args: readonly string[],
  directory: string,
  signal: AbortSignal,
) {
  return execa("pulumi", [...args, "--non-interactive", "--color", "never"], {
    cwd: directory,
    env: variables,
    stdin: "ignore",
    all: true,
    reject: false,
    cancelSignal: signal,
  });
}
