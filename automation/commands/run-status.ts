import { LOOK_LIMITS } from "../core/aws-limits";
import { onStopSignal } from "../core/process/stop-signals";
import type { StackSettings } from "../core/project";
import type { DeployStore } from "../ports/store";
import type { Status } from "../status/status";
import { isLocal, openStore } from "../store/open-store";
import { stackOutputs } from "./stack-outputs";

export interface StatusOptions {
  stack: string;
  json: boolean;
  watch: boolean;
  store?: string;
  configFile?: string;
}

/**
 * `status`, once its command line was read.
 * @public loaded by require, which the search for unused exports does not see
 */
export async function runStatus(options: StatusOptions): Promise<void> {
  const view = new View(options);
  if (options.watch) return watch(view, options);
  const status = await view.look();
  const { statusText } = require("../status/status-text") as typeof import("../status/status-text");
  console.log(options.json ? JSON.stringify(status, null, 2) : statusText(status, Date.now()));
}

async function watch(view: View, { json }: StatusOptions): Promise<void> {
  const { watchStatus } = require("../status/watch-status") as typeof import("../status/watch-status");
  const { systemClock } = require("../core/clock") as typeof import("../core/clock");
  const stop = new AbortController();
  const giveBack = onStopSignal(() => stop.abort());
  try {
    const look = () => view.look();
    await watchStatus({ look, clock: systemClock, signal: stop.signal, json, stream: process.stdout });
  } finally {
    giveBack();
  }
}

/** What does not change from one look to the next is opened once. */
class View {
  #opened: ReturnType<View["open"]> | undefined;

  constructor(private readonly options: StatusOptions) {}

  async look(): Promise<Status> {
    const { stack, store: directory, configFile } = this.options;
    // The CLI takes most of the time: it runs while the rest is loaded.
    const asking = stackOutputs(stack);
    asking.catch(() => {}); // Faults in the settings are told first.
    const { readStackSettings } = require("../core/project") as typeof import("../core/project");
    const stackSettings = readStackSettings(stack, configFile);
    this.#opened ??= this.open(stackSettings);
    const { observer, look, NewestRuns } = this.#opened;
    const outputs = await asking;
    const store = this.#opened.store ?? openStore(stack, { directory, outputs: isLocal(directory) ? null : outputs });
    this.#opened.store = store;
    this.#opened.runs ??= new NewestRuns(store);
    const { runs } = this.#opened;
    return look({ stack, outputs, settings: stackSettings.settings, observer, store, runs });
  }

  open({ region }: StackSettings) {
    const { AwsObserver } = require("../aws/observer") as typeof import("../aws/observer");
    const { look } = require("../status/look") as typeof import("../status/look");
    const { NewestRuns } = require("../status/runs") as typeof import("../status/runs");
    return {
      observer: new AwsObserver(region, LOOK_LIMITS),
      look,
      NewestRuns,
      store: undefined as DeployStore | undefined,
      runs: undefined as InstanceType<typeof NewestRuns> | undefined,
    };
  }
}
