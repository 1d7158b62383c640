import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineEvent, Stack } from "@pulumi/pulumi/automation";
import { NODE_ARGUMENTS } from "../../automation/core/package-directory";
import { ensurePulumiCli } from "../../automation/pulumi-cli/ensure-pulumi-cli";
import { openAutomationStack } from "../../automation/stack/automation-stack";
import { changeDocument } from "../../automation/stack/change-document";
import { STACK_TYPE } from "../../components/core/pulumi-wire";
import type { Live, LiveService } from "../../components/live/live";
import program from "../../index";
import { createKms } from "../../rehearsal/cloud/services/kms";
import { SECRETS_PROVIDER } from "../../rehearsal/environment/rehearsal-stack";
import { Scene } from "../rehearsal/cloud/api/scene";
import { OpenProvider } from "./open-provider";

const ROOT = join(__dirname, "../..");
const STACK = "test";

export interface Change {
  op: string;
  type: string;
  name: string;
}

export interface StateResource {
  urn: string;
  type: string;
  protect?: boolean;
  retainOnDelete?: boolean;
  inputs?: Record<string, unknown>;
  dependencies?: string[];
}

/** The state as the CLI keeps it in a file. */
interface Checkpoint {
  checkpoint: { latest: { resources: (StateResource & { outputs?: Record<string, unknown> })[] } };
}

/**
 * Runs the program under the real engine, on a provider that accepts everything, in a temporary folder. Settings and
 * state are read and written as files: the CLI's own commands for that would take longer than the engine.
 */
export class EngineStack {
  private constructor(
    private readonly directory: string,
    private readonly provider: OpenProvider,
    private readonly awsx: ChildProcess,
    private readonly scene: Scene,
    private readonly stack: Stack,
  ) {}

  static async start(): Promise<EngineStack> {
    const directory = await mkdtemp(join(tmpdir(), "aoshingo-test-"));
    const provider = new OpenProvider();
    const pulumi = await ensurePulumiCli();
    const awsx = spawn(process.execPath, [...NODE_ARGUMENTS, "rehearsal/awsx/main.ts"], {
      cwd: ROOT,
      stdio: ["pipe", "pipe", "inherit"],
    });
    const failed = once(awsx, "exit").then(() => Promise.reject(new Error("the awsx stand-in ended")));
    const [awsxPort] = await Promise.race([once(awsx.stdout!, "data"), failed]);
    // A passphrase would cost each run of the engine a quarter of a second and more: a key is made of it by a million hashes.
    const scene = new Scene();
    await scene.start(createKms(scene.context, false).apis);
    const { accessKeyId, secretAccessKey } = scene.options().credentials;
    const stack = await openAutomationStack({
      ...{ name: STACK, directory, program, pulumi, create: true, secretsProvider: SECRETS_PROVIDER },
      environment: {
        PULUMI_BACKEND_URL: `file://${directory}`,
        AWS_ENDPOINT_URL: scene.url,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        PULUMI_DEBUG_PROVIDERS: `aws:${await provider.listen()},awsx:${String(awsxPort).trim()}`,
      },
    });
    const engine = new EngineStack(directory, provider, awsx, scene, stack);
    await engine.#change("aws:region", "ap-northeast-1");
    await engine.set("domain", "rehearsal.test");
    return engine;
  }

  set(key: string, value: unknown): Promise<void> {
    return this.#change(`aoshingo:${key}`, value);
  }

  setLive(serial: number, services: Record<string, LiveService>): Promise<void> {
    return this.set("live", { serial, services } satisfies Live);
  }

  /** Makes the next run one without live state, as a person's is. */
  async forgetLive(): Promise<void> {
    await this.set("live", undefined);
  }

  /** Runs the program and returns its changes, in the order in which they began. */
  async up(): Promise<Change[]> {
    const changes: Change[] = [];
    await this.stack.up({ onEvent: collect(changes) });
    return changes;
  }

  /** Opts the account in to a Local Zone. */
  optInToLocalZone(): void {
    this.provider.optInToLocalZone();
  }

  /** Makes the look-ups of the test header and of public zones fail while `run` runs. */
  async withoutLookUps<Result>(run: () => Promise<Result>): Promise<Result> {
    this.provider.breakLookUps();
    return run().finally(() => this.provider.mendLookUps());
  }

  async preview(): Promise<Change[]> {
    const changes: Change[] = [];
    await this.stack.preview({ onEvent: collect(changes) });
    return changes;
  }

  /** What the preview of `pulumi destroy` says against it; "" if it would go on. */
  refusalOfDestroy(): Promise<string> {
    return errorsOf((onEvent) => this.stack.previewDestroy({ onEvent }));
  }

  /** What `pulumi destroy --skip-preview` says against it. */
  refusalOfDestroyWithoutPreview(): Promise<string> {
    return errorsOf((onEvent) => this.stack.destroy({ onEvent }));
  }

  /** The error of a run that is refused; "done" for one that is not. */
  refusal(): Promise<string> {
    return this.stack.preview().then(() => "done", String);
  }

  /** The stack's outputs as the program wrote them. */
  async outputs(): Promise<Record<string, unknown>> {
    return stackOf(await this.#state()).outputs!;
  }

  /** Replaces the stack's outputs in its state. */
  async writeOutputs(outputs: Record<string, unknown>): Promise<void> {
    const state = await this.#state();
    stackOf(state).outputs = outputs;
    await writeFile(this.#stateFile, JSON.stringify(state));
  }

  /** Takes an input of a resource out of the state, as if an older program had not given it. */
  async forgetInput(name: string, key: string): Promise<void> {
    const state = await this.#state();
    const { inputs, outputs } = state.checkpoint.latest.resources.find(({ urn }) => urn.endsWith(`::${name}`))!;
    for (const values of [inputs, outputs]) delete values?.[key];
    await writeFile(this.#stateFile, JSON.stringify(state));
  }

  /** Adds a resource to the state as `pulumi import` leaves it: below the stack, and protected. It has what another of its type has, but for the name in AWS. */
  async imported(name: string, { like, inputs }: { like: string; inputs: object }): Promise<void> {
    const state = await this.#state();
    const { resources } = state.checkpoint.latest;
    const { type, ...other } = resources.find(({ urn }) => urn.endsWith(`::${like}`))!;
    const stack = stackOf(state).urn;
    resources.push({
      ...{ ...other, type, protect: true, parent: stack, dependencies: [], propertyDependencies: {} },
      ...{ id: `${name}-id`, urn: [...stack.split("::").slice(0, 2), type, name].join("::") },
      ...{ inputs: { ...other.inputs, ...inputs }, outputs: { ...other.outputs, ...inputs } },
    });
    await writeFile(this.#stateFile, JSON.stringify(state));
  }

  async resources(): Promise<StateResource[]> {
    return (await this.#state()).checkpoint.latest.resources;
  }

  async stop(): Promise<void> {
    this.awsx.removeAllListeners("exit").kill();
    this.provider.close();
    await this.scene.close();
    await rm(this.directory, { recursive: true, force: true });
  }

  get #stateFile(): string {
    return join(this.directory, ".pulumi", "stacks", "aoshingo", `${STACK}.json`);
  }

  async #state(): Promise<Checkpoint> {
    return JSON.parse(await readFile(this.#stateFile, "utf8")) as Checkpoint;
  }

  /** Changes one value of the stack's settings file; undefined removes it. */
  #change(key: string, value: unknown): Promise<void> {
    return changeDocument(join(this.directory, `Pulumi.${STACK}.yaml`), (settings) => {
      if (value === undefined) settings.deleteIn(["config", key]);
      else settings.setIn(["config", key], settings.createNode(value));
    });
  }
}

function stackOf({ checkpoint }: Checkpoint): Checkpoint["checkpoint"]["latest"]["resources"][number] {
  return checkpoint.latest.resources.find(({ type }) => type === STACK_TYPE)!;
}

/** Number of resources by operation. */
export function counted(changes: readonly Change[]): Record<string, number> {
  const result: Record<string, number> = {};
  for (const { op } of changes) result[op] = (result[op] ?? 0) + 1;
  return result;
}

/** The errors of an operation that fails; "" for one that does not. */
function errorsOf(operate: (onEvent: (event: EngineEvent) => void) => Promise<unknown>): Promise<string> {
  const said: string[] = [];
  return operate(({ diagnosticEvent }) => {
    if (diagnosticEvent?.severity === "error") said.push(diagnosticEvent.message);
  }).then(
    () => "",
    () => said.join("\n"),
  );
}

function collect(changes: Change[]): (event: EngineEvent) => void {
  return ({ resourcePreEvent }) => {
    if (!resourcePreEvent) return;
    const { op, type, urn } = resourcePreEvent.metadata;
    // Only resources of the provider count, not components and the stack.
    if (op === "same" || op === "read" || !type.startsWith("aws:")) return;
    changes.push({ op, type, name: urn.split("::").at(-1)! });
  };
}
