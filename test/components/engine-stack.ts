import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EngineEvent, LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import { ensurePulumiCli } from "../../automation/pulumi-cli/ensure-pulumi-cli";
import { STACK_TYPE } from "../../automation/stack/exported-state";
import { withoutStackTraces } from "../../automation/stack/without-stack-traces";
import type { Live, LiveService } from "../../components/live/live";
import program from "../../index";
import { OpenProvider } from "./open-provider";

const ROOT = join(__dirname, "../..");

export interface Change {
  op: string;
  type: string;
  name: string;
}

export interface StateResource {
  urn: string;
  type: string;
  inputs?: Record<string, unknown>;
  dependencies?: string[];
}

/** Runs the program under the real engine, on a provider that accepts everything, in a temporary folder. */
export class EngineStack {
  private constructor(
    readonly directory: string,
    readonly provider: OpenProvider,
    readonly awsx: ChildProcess,
    readonly stack: Stack,
  ) {}

  static async start(): Promise<EngineStack> {
    const directory = await mkdtemp(join(tmpdir(), "aoshingo-test-"));
    const provider = new OpenProvider();
    const pulumiCommand = await ensurePulumiCli();
    const awsx = spawn(process.execPath, ["-r", "ts-node/register", "rehearsal/awsx/main.ts"], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const failed = once(awsx, "exit").then(() => Promise.reject(new Error("the awsx stand-in ended")));
    const [awsxPort] = await Promise.race([once(awsx.stdout!, "data"), failed]);
    const stack = await LocalWorkspace.createStack(
      { stackName: "test", projectName: "aoshingo", program },
      {
        workDir: directory,
        pulumiCommand,
        projectSettings: { name: "aoshingo", runtime: "nodejs", backend: { url: `file://${directory}` } },
        envVars: {
          PULUMI_CONFIG_PASSPHRASE: "",
          PULUMI_SKIP_UPDATE_CHECK: "true",
          PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
          PULUMI_DEBUG_PROVIDERS: `aws:${await provider.listen()},awsx:${String(awsxPort).trim()}`,
        },
      },
    );
    await stack.setConfig("aws:region", { value: "ap-northeast-1" });
    await stack.setConfig("aoshingo:domain", { value: "rehearsal.test" });
    return new EngineStack(directory, provider, awsx, stack);
  }

  set(key: string, value: unknown): Promise<void> {
    return this.stack.setConfig(`aoshingo:${key}`, { value: JSON.stringify(value) });
  }

  setLive(serial: number, services: Record<string, LiveService>): Promise<void> {
    return this.set("live", { serial, services } satisfies Live);
  }

  /** Makes the next run one without live state, as a person's is. */
  async forgetLive(): Promise<void> {
    await this.stack.removeConfig("aoshingo:live");
  }

  /** Runs the program and returns its changes, in the order in which they began. */
  async up(): Promise<Change[]> {
    const changes: Change[] = [];
    await withoutStackTraces(() => this.stack.up({ onEvent: collect(changes) }));
    return changes;
  }

  async preview(): Promise<Change[]> {
    const changes: Change[] = [];
    await withoutStackTraces(() => this.stack.preview({ onEvent: collect(changes) }));
    return changes;
  }

  /** The error of a run that is refused; "done" for one that is not. */
  refusal(): Promise<string> {
    return withoutStackTraces(() => this.stack.preview()).then(() => "done", String);
  }

  /** The stack's outputs as the program wrote them. */
  async outputs(): Promise<Record<string, unknown>> {
    const outputs = await this.stack.outputs();
    return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
  }

  /** Replaces the stack's outputs in its state. */
  async writeOutputs(outputs: Record<string, unknown>): Promise<void> {
    const exported = await this.stack.exportStack();
    const { resources } = exported.deployment as { resources: { type: string; outputs?: object }[] };
    resources.find(({ type }) => type === STACK_TYPE)!.outputs = outputs;
    await this.stack.importStack(exported);
  }

  async resources(): Promise<StateResource[]> {
    return (await this.stack.exportStack()).deployment.resources as StateResource[];
  }

  async stop(): Promise<void> {
    this.awsx.removeAllListeners("exit").kill();
    this.provider.close();
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** Number of resources by operation. */
export function counted(changes: readonly Change[]): Record<string, number> {
  const result: Record<string, number> = {};
  for (const { op } of changes) result[op] = (result[op] ?? 0) + 1;
  return result;
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
