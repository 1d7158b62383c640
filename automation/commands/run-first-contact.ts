import { Resolver } from "node:dns/promises";
import { isIP } from "node:net";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { UserError } from "../../components/core/user-error";
import { AwsAccount } from "../aws/account";
import { AwsObserver } from "../aws/observer";
import { AwsTrafficSwitch } from "../aws/traffic-switch";
import { systemClock } from "../core/clock";
import { credentialsProblem } from "../core/credentials-problem";
import { DeployFailed, RunEnded, StepFailed, Stopped } from "../core/errors";
import { EXIT_FAILED } from "../core/process/command-end";
import { onStopSignal } from "../core/process/stop-signals";
import { projectSettings, readStackSettings } from "../core/project";
import { regionWanted } from "../core/region";
import { isStandIn } from "../core/stand-in";
import { credentialsEndMs } from "../deploy/time-left";
import { findingsText } from "../doctor/findings-text";
import { cleanUp, type DestroyableStack } from "../first-contact/clean-up";
import { openClients } from "../first-contact/clients";
import { followPath } from "../first-contact/follow-path";
import { OBSERVED_VERSION, type Observed } from "../first-contact/observed";
import { announcement, lookAround, refusals, withoutDeleted } from "../first-contact/preflight";
import { dockerProblem, pushWithCommand, pushWithDocker } from "../first-contact/push-image";
import { QUESTIONS } from "../first-contact/questions";
import { type Looking, leftText, remainingResources } from "../first-contact/remaining-resources";
import { createServiceLinkedRoles, missingServiceLinkedRoles } from "../first-contact/service-linked-roles";
import { trialSettings } from "../first-contact/settings";
import { Tally } from "../first-contact/tally";
import { SERVICE, Trial } from "../first-contact/trial";
import { WorkFolder } from "../first-contact/work-folder";
import { httpsClient } from "../observe/https-client";
import { progressLine } from "../output/progress-line";
import { askYesOrNo, assertTerminal } from "../output/terminal-prompt";
import type { UpOptions } from "../ports/stack";
import { WorkspaceStack } from "../stack/workspace-stack";
import { late } from "./late";
import { runDeploy, runRollback } from "./run-deploy";
import { ensureCli } from "./stack-outputs";

/** Loaded when the engine first runs it: a refusal needs none of it. */
const program: PulumiFn = () => late.wholeProgram().wholeProgram();

/** The run is done, but requests failed under it. */
const EXIT_REQUESTS_FAILED = 3;
const DEFAULT_DIRECTORY = "out/first-contact";
const ENGINE_OPERATIONS_WITHOUT_CHANGE = ["same", "read"];

export interface FirstContactOptions {
  stack: string;
  domain?: string;
  region?: string;
  yes: boolean;
  clean: boolean;
  directory: string;
  pushWith?: string;
  dnsServer?: string;
  timeScale: number;
}

/**
 * Runs first contact, or cleans up after one.
 * @throws UserError in one line, with what to do about what is left
 */
export async function runFirstContact(options: FirstContactOptions): Promise<void> {
  const folder = new WorkFolder(options.directory, projectSettings().name, options.stack);
  if (!options.clean && folder.isInUse)
    throw new UserError(`a run in ${options.directory} was not cleaned up: ${cleanCommand(options)}`);
  if (!folder.isInUse && folder.otherStack !== null)
    throw new UserError(
      `a run of the stack ${folder.otherStack} in ${options.directory} was not cleaned up: ${cleanCommand({ ...options, stack: folder.otherStack })}`,
    );
  if (options.clean && !folder.isInUse)
    return console.log(`Nothing to clean: no run is unfinished in ${options.directory}.`);
  const stopping = new AbortController();
  const stopListening = onStopSignal((signal) => stopping.abort(new Stopped(signal)));
  const run = new FirstContact(options, folder, stopping.signal);
  try {
    await (options.clean ? run.clean() : run.run());
  } catch (ended) {
    if (ended instanceof RunEnded) ended.sayLast();
    const error = ended instanceof RunEnded ? ended.cause : ended;
    if (error instanceof UserError && !run.isLeft) throw error;
    if (![UserError, StepFailed, Stopped, DeployFailed].some((kind) => error instanceof kind))
      console.error(credentialsProblem(error) ?? error);
    if (error instanceof StepFailed && error.detail !== "") console.error(error.detail);
    throw new UserError(
      `${(error as Error).message.split("\n")[0]}; what was made is still there and costs money: ${cleanCommand(options)}`,
      { exitCode: EXIT_FAILED, cause: error },
    );
  } finally {
    stopListening();
  }
}

class FirstContact {
  readonly #progress = progressLine(process.stderr);
  readonly #startedMs = systemClock.now();
  readonly #project = projectSettings().name;
  /** True while there may be something to clean up that no message has told of. */
  isLeft = false;

  constructor(
    private readonly options: FirstContactOptions,
    private readonly folder: WorkFolder,
    private readonly signal: AbortSignal,
  ) {}

  async run(): Promise<void> {
    const { options, folder } = this;
    const { stack, timeScale } = options;
    const { domain, region } = placeOf(options);
    const resolve = resolverOf(options.dnsServer);
    if (timeScale !== 1 && !isStandIn(process.env))
      throw new UserError(`--time-scale is ${timeScale}: wanted 1, or none, against AWS; it is for a stand-in`);
    folder.claim();
    this.#enter();
    folder.begin(trialSettings({ region, domain, timeScale }));
    const settings = await this.#unlessRefused(() => readStackSettings(stack, folder.settingsFile));
    const clients = openClients(region);
    const { missingRoles, owner } = await this.#unlessRefused(async () => ({
      missingRoles: await this.#preflight(settings, clients),
      owner: await this.#owner(region, domain),
    }));
    folder.belongsTo(owner.accountId);
    this.isLeft = true;
    await createServiceLinkedRoles(clients.iam, missingRoles);

    const tally = new Tally(QUESTIONS);
    const observed = (): Observed => ({
      version: OBSERVED_VERSION,
      cloud: isStandIn(process.env) ? "rehearsal" : "aws",
      region,
      startedAt: new Date(this.#startedMs).toISOString(),
      complete: false,
      numbers: tally.numbers,
      beliefs: tally.beliefs,
    });
    const pulumi = await ensureCli();
    const opened = await WorkspaceStack.open(stack, folder.settingsFile, program, async () => pulumi, { create: true });
    let traffic: Awaited<ReturnType<typeof followPath>>;
    try {
      const up = (message: string) => opened.up(null, this.#upOptions(message));
      const { accountId } = owner;
      const trial = new Trial({
        ...{ project: this.#project, stack, region, domain, accountId, timeScale, clients },
        observer: new AwsObserver(region),
        trafficSwitch: new AwsTrafficSwitch(region),
        http: httpsClient,
        resolve,
        clock: systemClock,
        signal: this.signal,
        outputs: async () => (await opened.outputs())!,
        changesOfOneMoreUp: async () => {
          const { changes } = await up("first contact: once more, without a change");
          return Object.entries(changes)
            .filter(([operation]) => !ENGINE_OPERATIONS_WITHOUT_CHANGE.includes(operation))
            .reduce((sum, [, count]) => sum + count, 0);
        },
      });
      const common = {
        program,
        stack,
        configFile: folder.settingsFile,
        json: false,
      };
      const push = options.pushWith
        ? pushWithCommand(options.pushWith, this.signal)
        : pushWithDocker(region, this.signal);
      traffic = await followPath({
        ...{ trial, questions: QUESTIONS, tally },
        createStack: async () => void (await up("first contact: create the infrastructure")),
        push: async (tag) => push({ repository: (await trial.parts.outputs()).services[SERVICE]!.repository.url, tag }),
        deploy: async (tag) => {
          this.#progress.clear();
          await runDeploy([`${SERVICE}=${tag}`], common);
          this.signal.throwIfAborted();
        },
        rollback: async () => {
          this.#progress.clear();
          await runRollback([], { ...common, stopRunning: false });
          this.signal.throwIfAborted();
        },
        say: (line) => this.#say(line),
        keep: () => folder.keep(observed()),
      });
    } finally {
      await opened.close();
    }
    folder.keep(observed());
    folder.noteEnd();
    await this.#cleanUp(owner, clients);
    this.#say(`Observed: ${folder.observedFile}`);
    if (traffic.failed > 0)
      throw new UserError(`requests failed: ${traffic.reasons.join("; ")}`, { exitCode: EXIT_REQUESTS_FAILED });
  }

  async clean(): Promise<void> {
    const { folder, options } = this;
    folder.claim();
    if (!folder.hasBegunInAws) {
      // The preflight has not said yet that no other stack has this name: what has it is not this run's.
      folder.empty();
      console.log(`Nothing to clean: the run in ${options.directory} ended before it made anything in AWS.`);
      return;
    }
    this.#enter();
    this.isLeft = true;
    const { settings, region } = readStackSettings(options.stack, folder.settingsFile);
    const owner = await this.#owner(region, settings.domain);
    folder.belongsTo(owner.accountId);
    await this.#cleanUp(owner, openClients(region));
  }

  /** Leads this process and the commands that it starts to the run's own state. */
  #enter(): void {
    Object.assign(process.env, this.folder.environment);
  }

  /** @returns the service-linked roles that are missing */
  async #preflight(
    settings: ReturnType<typeof readStackSettings>,
    clients: ReturnType<typeof openClients>,
  ): Promise<string[]> {
    const { options } = this;
    const stack = { project: this.#project, stack: options.stack };
    const look = () => remainingResources(clients, stack);
    const looked = await lookAround(settings, {
      stack: { ...stack, resources: await look() },
      account: new AwsAccount(settings.region),
      missingRoles: await missingServiceLinkedRoles(clients.iam),
      pushProblem: options.pushWith === undefined ? await dockerProblem() : null,
      credentialsEndMs: credentialsEndMs(process.env),
      nowMs: systemClock.now(),
      timeScale: options.timeScale,
    });
    console.log(findingsText(looked.examinations));
    const facts = await withoutDeleted(looked, look, this.#looking());
    const problems = refusals(facts);
    if (problems.length > 0) throw new UserError(problems.join("\n"));
    console.log(`\n${announcement(facts).join("\n")}`);
    if (!options.yes) await this.#ask();
    this.signal.throwIfAborted();
    return [...facts.missingRoles];
  }

  #looking(): Looking {
    const { timeScale } = this.options;
    return { clock: systemClock, signal: this.signal, timeScale, say: (line) => this.#say(line) };
  }

  async #ask(): Promise<void> {
    assertTerminal("--yes to begin");
    if (await askYesOrNo("Begin?", this.signal, { input: process.stdin, output: process.stdout })) return;
    throw new UserError("nothing was begun", { exitCode: EXIT_FAILED });
  }

  /** Empties the folder if nothing has been created yet. */
  async #unlessRefused<Result>(look: () => Result | Promise<Result>): Promise<Result> {
    try {
      return await look();
    } catch (error) {
      this.folder.empty();
      if (error instanceof UserError) throw error;
      throw new UserError(`nothing was begun: ${(error as Error).message.split("\n")[0]}`, { exitCode: EXIT_FAILED });
    }
  }

  async #cleanUp(owner: Parameters<typeof cleanUp>[2], clients: ReturnType<typeof openClients>): Promise<void> {
    const { options, folder } = this;
    this.#say("Destroy everything");
    const openStack = async (): Promise<DestroyableStack> => {
      const stack = await WorkspaceStack.open(options.stack, folder.settingsFile, program, ensureCli);
      return {
        destroy: (findId) => stack.destroy(this.#upOptions("first contact: destroy"), findId),
        remove: async () => {
          await stack.remove();
          await stack.close();
        },
      };
    };
    const left = leftText(await cleanUp(folder, clients, owner, openStack, this.#looking()));
    this.#progress.clear();
    this.isLeft = false;
    if (left !== null) throw new UserError(left, { exitCode: EXIT_FAILED });
    this.#say("Nothing is left");
  }

  async #owner(region: string, domain: string): Promise<Parameters<typeof cleanUp>[2]> {
    const account = new AwsAccount(region);
    const [{ account: accountId }, zone] = await Promise.all([account.caller(), account.zone(domain)]);
    return { project: this.#project, stack: this.options.stack, domain, accountId, zoneId: zone?.id ?? null };
  }

  #upOptions(message: string): UpOptions {
    return { message, signal: this.signal, onProgress: (line) => this.#progress.show(line) };
  }

  #say(line: string): void {
    this.#progress.clear();
    const minutes = (systemClock.now() - this.#startedMs) / 60_000;
    console.log(`${minutes.toFixed(1).padStart(5)} min  ${line}`);
  }
}

/** @throws UserError for what is missing or not a domain or region */
function placeOf({ domain, region = process.env.AWS_REGION }: FirstContactOptions): { domain: string; region: string } {
  if (domain === undefined)
    throw new UserError(
      "--domain is missing: wanted a domain with a public hosted zone in Route 53, such as example.jp",
    );
  if (!region) throw new UserError("no region is given: wanted --region or AWS_REGION, such as ap-northeast-1");
  const wanted = regionWanted(region);
  if (wanted !== undefined) throw new UserError(`--region is ${region}: wanted ${wanted}`);
  return { domain, region };
}

function cleanCommand({ stack, directory }: FirstContactOptions): string {
  const place = directory === DEFAULT_DIRECTORY ? "" : ` --directory ${directory}`;
  return `npx aoshingo first-contact --stack ${stack}${place} --clean`;
}

/** @throws UserError for what is no address */
function resolverOf(server: string | undefined): (name: string) => Promise<string[]> {
  const resolver = new Resolver();
  if (server !== undefined) {
    if (isIP(server.replace(/:\d+$/, "")) === 0)
      throw new UserError(`--dns-server is ${server}: wanted an address, such as 1.1.1.1 or 127.20.0.2:20053`);
    resolver.setServers([server]);
  }
  return (name) => resolver.resolve4(name);
}
