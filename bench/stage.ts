import { join, resolve } from "node:path";
import { execa } from "execa";
import type { Document } from "yaml";
import { changeDocument } from "../automation/stack/change-document";
import type { StackOutputs } from "../components/live/outputs";
import { RunningCloud } from "../rehearsal/cloud/running-cloud";
import { createStack } from "../rehearsal/environment/create-stack";
import { STACK, writeSettings } from "../rehearsal/environment/rehearsal-stack";
import { pushImage } from "../rehearsal/images/push-image";

export const PROJECT = join(__dirname, "..");
export const SERVICE = "users";
/** Apart from the rehearsal's own, so that both can run. */
const LOOPBACK = "127.66";
const PORT_OFFSET = 36_000;
/** AWS's own times are not what is measured. */
const SPEED = 100;

interface StageOptions {
  /** AWS seconds in one real second. */
  speed?: number;
  /** AWS seconds that an instance takes to boot; null for as many as in a rehearsal. Default 0. */
  bootSeconds?: number | null;
  /** Changes the settings before the infrastructure comes up. */
  settings?(document: Document): void;
}

/** A cloud with the rehearsal's infrastructure, in which nothing waits that can do without: instances boot at once, no drain, no test. */
export class Stage {
  private constructor(
    readonly cloud: RunningCloud,
    /** For what is written down. */
    readonly directory: string,
    readonly settingsFile: string,
    /** As of the first `up`. */
    readonly outputs: StackOutputs,
    /** That the first `up` took. */
    readonly upSeconds: number,
  ) {}

  static async open(
    name: string,
    { speed = SPEED, bootSeconds = 0, settings: change }: StageOptions = {},
  ): Promise<Stage> {
    const directory = resolve(PROJECT, "out", "bench", name);
    const settingsFile = await writeSettings(directory, { cutover: "routed", drainSeconds: 0, services: [SERVICE] });
    await changeDocument(settingsFile, (settings) => {
      settings.deleteIn(["config", "aoshingo:services", SERVICE, "test"]);
      change?.(settings);
    });
    const where = [
      "--loopback",
      LOOPBACK,
      "--port-offset",
      String(PORT_OFFSET),
      "--directory",
      join(directory, "cloud"),
    ];
    const boot = bootSeconds === null ? [] : ["--boot-seconds", String(bootSeconds)];
    const cloud = await RunningCloud.start({
      args: ["--speed", String(speed), ...boot, ...where],
      onLog: () => {},
    });
    try {
      const startedMs = performance.now();
      const outputs = await createStack(cloud.ready.environment, settingsFile, new AbortController().signal);
      return new Stage(cloud, directory, settingsFile, outputs, (performance.now() - startedMs) / 1000);
    } catch (error) {
      await cloud.stop();
      throw error;
    }
  }

  get environment(): Record<string, string> {
    return this.cloud.ready.environment;
  }

  /** Changes the settings of later commands. */
  change(change: (settings: Document) => void): Promise<void> {
    return changeDocument(this.settingsFile, change);
  }

  /**
   * Builds the sample service once more and gives it to a service's repository.
   * @returns the digest
   */
  push(tag: string, service = SERVICE): Promise<string> {
    const { AWS_ENDPOINT_URL: endpoint = "", AWS_REGION: region = "" } = this.environment;
    const repository = this.outputs.services[service]!.repository.name;
    return pushImage({ service: SERVICE, repository, tag, environment: [], endpoint, region });
  }

  /** Runs a command of `automation/cli.ts` as a whole process, and how many seconds it took. */
  async command(args: string[]): Promise<{ stdout: string; seconds: number }> {
    return this.#timed(process.execPath, this.#cli(args));
  }

  /** Starts a command of `automation/cli.ts` as a process; does not throw when it fails. */
  start(args: string[]) {
    const { environment: env } = this;
    return execa(process.execPath, this.#cli(args), { cwd: PROJECT, env, stdin: "ignore", reject: false });
  }

  async pulumi(args: string[]): Promise<{ stdout: string; seconds: number }> {
    return this.#timed("pulumi", [...args, "--stack", STACK, "--non-interactive"]);
  }

  close(): Promise<void> {
    return this.cloud.stop();
  }

  #cli(args: string[]): string[] {
    const words = ["-r", "ts-node/register", "automation/cli.ts", ...args];
    return [...words, "--stack", STACK, "--config-file", this.settingsFile];
  }

  async #timed(file: string, args: string[]): Promise<{ stdout: string; seconds: number }> {
    const startedMs = performance.now();
    const { stdout } = await execa(file, args, { cwd: PROJECT, env: this.environment, stdin: "ignore" });
    return { stdout, seconds: (performance.now() - startedMs) / 1000 };
  }
}
