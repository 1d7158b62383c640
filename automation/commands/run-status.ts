import { UserError } from "../../components/core/user-error";
import type { AwsObserver } from "../aws/observer";
import { LOOK_LIMITS } from "../core/aws-limits";
import { untilStopped } from "../core/process/until-stopped";
import { printResult } from "../output/print-result";
import type { DeployStore } from "../ports/store";
import type { RunReader } from "../status/runs";
import type { Status } from "../status/status";
import { isLocal, openStore } from "../store/open-store";
import { late } from "./late";
import { stackOutputs } from "./stack-outputs";

export interface StatusOptions {
  stack: string;
  json: boolean;
  watch: boolean;
  store?: string;
  configFile?: string;
}

export async function runStatus(options: StatusOptions): Promise<void> {
  const reader = new StatusReader(options);
  if (options.watch) return watch(reader, options);
  const status = await reader.read();
  const { statusText } = late.statusText();
  printResult(options.json, status, () => statusText(status, Date.now()));
  // Scripts must not take what was not read for what is not there.
  if (status.unread)
    throw new UserError(`not all of the deploy store could be read: ${Object.values(status.unread).join("; ")}`, {
      exitCode: 1,
    });
}

async function watch(reader: StatusReader, { json }: StatusOptions): Promise<void> {
  const { watchStatus } = late.watchStatus();
  const { systemClock } = late.clock();
  const readStatus = () => reader.read();
  const { stdout: stream, stderr: errorStream } = process;
  await untilStopped((signal) => watchStatus({ readStatus, clock: systemClock, signal, json, stream, errorStream }));
}

/** Reads the status; what does not change from one time to the next is opened once. */
class StatusReader {
  #observer: AwsObserver | undefined;
  #store: DeployStore | undefined;
  #runs: RunReader | undefined;

  constructor(private readonly options: StatusOptions) {}

  async read(): Promise<Status> {
    const { stack, store: directory, configFile } = this.options;
    // The CLI takes most of the time: it runs while the rest is loaded.
    const query = stackOutputs(stack);
    query.catch(() => {}); // Problems in the settings are reported first.
    const { readStackSettings } = late.project();
    const { settings, region } = readStackSettings(stack, configFile);
    const { AwsObserver } = late.awsObserver();
    const { readStatus } = late.readStatus();
    const { RunReader } = late.runReader();
    this.#observer ??= new AwsObserver(region, LOOK_LIMITS);
    const outputs = await query;
    this.#store ??= openStore(stack, { directory, outputs: isLocal(directory) ? null : outputs });
    this.#runs ??= new RunReader(this.#store);
    const nowMs = late.clock().systemClock.now();
    return readStatus({
      ...{ stack, outputs, settings, nowMs },
      ...{ observer: this.#observer, store: this.#store, runs: this.#runs },
    });
  }
}
