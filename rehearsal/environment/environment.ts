import { mkdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { RunningCloud } from "../cloud/running-cloud";
import type { RehearseOptions } from "../options";
import { CORE, streamsOf } from "../traffic/streams";
import { Traffic, type TrafficProgress } from "../traffic/traffic";
import type { TrafficStream } from "../traffic/types";
import { cloudArgs, DOMAIN } from "./cloud-args";
import { createStack } from "./create-stack";
import { type CommandEnd, type RunHooks, runCommand } from "./killable-command";
import { type SettingsChanges, STACK, writeSettings } from "./rehearsal-stack";
import { Releases } from "./releases";
import { readServiceLogs } from "./service-logs";
import { FLOWING_LIMIT_MS, trafficSettings } from "./traffic-settings";

/** One cloud with one service, two undisturbed deploys old, for many runs under traffic. */
export class RehearsalEnvironment {
  readonly streams: TrafficStream[];
  readonly trafficFile: string;
  /** Of the traffic so far. */
  totals: TrafficProgress = { sent: 0, ok: 0, failed: 0, p99Ms: 0 };
  /** Seconds that a deploy takes that nobody disturbs. */
  usualSeconds = 0;
  #traffic: Promise<Traffic>;
  #releases: Releases | undefined;

  private constructor(
    readonly options: RehearseOptions,
    readonly directory: string,
    private readonly settingsFile: string,
    private readonly cloud: RunningCloud,
  ) {
    this.streams = streamsOf({ ratePerSecond: options.rate, services: [CORE], domain: DOMAIN });
    this.trafficFile = join(directory, "traffic.ndjson");
    this.#traffic = Traffic.prepare(trafficSettings(options, this.streams, cloud, this.trafficFile));
    this.#traffic.catch(() => {});
  }

  /** @param settings real seconds; cutover and services are the stage's own */
  static async open(
    options: RehearseOptions,
    settings: Omit<SettingsChanges, "cutover" | "services">,
  ): Promise<RehearsalEnvironment> {
    const directory = resolve(options.directory);
    await rm(join(directory, "traffic.ndjson"), { force: true });
    await mkdir(directory, { recursive: true });
    const settingsFile = await writeSettings(directory, { ...settings, cutover: "routed", services: [CORE] });
    const cloud = await RunningCloud.start({ args: cloudArgs(options), onLog: () => {} });
    const stage = new RehearsalEnvironment(options, directory, settingsFile, cloud);
    try {
      Object.assign(process.env, stage.environment);
      const outputs = await createStack(stage.environment, settingsFile, new AbortController().signal);
      stage.#releases = new Releases(stage.environment, outputs);
      for (let deploy = 0; deploy < 2; deploy++) {
        const end = await stage.run("deploy", [await stage.next()]);
        assertUndisturbed(end);
        stage.usualSeconds = end.seconds;
      }
      const traffic = await stage.#traffic;
      traffic.onProgress((totals) => {
        stage.totals = totals;
      });
      traffic.start();
      await traffic.untilFlowing(AbortSignal.timeout(FLOWING_LIMIT_MS));
      return stage;
    } catch (error) {
      await stage.close();
      throw error;
    }
  }

  get environment(): Record<string, string> {
    return this.cloud.ready.environment;
  }

  /** Pushes the next release. @returns such as `users=v3` */
  async next(): Promise<string> {
    const [release] = await this.#releases!.next([CORE], "none");
    return `${CORE}=${release!.tag}`;
  }

  run(
    command: string,
    args: readonly string[] = [],
    { settingsFile = this.settingsFile, ...hooks }: RunHooks & { settingsFile?: string } = {},
  ): Promise<CommandEnd & { killed: boolean }> {
    const common = ["--stack", STACK, "--config-file", settingsFile];
    return runCommand(this.environment, [command, ...common, ...args], hooks);
  }

  async stopTraffic(): Promise<void> {
    await (await this.#traffic).stop();
  }

  /** What the services did; also when the cloud has ended. */
  logs() {
    return readServiceLogs(join(this.directory, "cloud", "logs"));
  }

  async close(): Promise<void> {
    await this.#traffic.then((traffic) => traffic.kill()).catch(() => {});
    await this.cloud.stop();
  }
}

function assertUndisturbed({ exitCode, errors, events }: CommandEnd): void {
  if (exitCode === 0) return;
  const ended = events.findLast((event) => event.type === "deployEnded");
  throw new Error(`a deploy that nobody disturbed failed: ${ended?.reason ?? errors}`);
}
