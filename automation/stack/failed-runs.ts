import { isEngineGone } from "./late-rejections";

/*
 * Ends the run of an inline program by what its outputs were rejected with; imported where programs run.
 *
 * A resource with an input that was rejected is never declared, and what needs an output of it waits for ever. The SDK reports the
 * rejection, and goes on to wait for the program and for its calls: in a program's own process the rejection would end that.
 */

/** What a program asks of the engine; each call's last argument is called with the answer. */
const CALLS = ["registerResource", "registerResourceOutputs", "readResource", "invoke", "call"] as const;
type Callback = (...answer: unknown[]) => void;
type Monitor = Record<(typeof CALLS)[number], (...args: unknown[]) => unknown>;

/** Pulumi's SDK takes the functions from these objects, so what is changed in them counts for it. */
const stack = require("@pulumi/pulumi/runtime/stack") as {
  runInPulumiStack(program: () => Promise<unknown>): Promise<unknown>;
};
const settings = require("@pulumi/pulumi/runtime/settings") as {
  /** Waits for the calls to the engine, and ends what the run has to do with it. */
  disconnect(signalShutdown: boolean): Promise<void>;
  /** The same without waiting. */
  disconnectSync(): void;
  /** The gRPC client for the engine of the caller's run. */
  getMonitor(): Monitor;
};
const { getStore } = require("@pulumi/pulumi/runtime/state") as { getStore(): object };
const { runInPulumiStack } = stack;
const { disconnect } = settings;

/** One run of a program. */
class Run {
  /**
   * Resolves with the first rejection that nobody handled, once the engine has answered every call and the program has no further one
   * by what it answered.
   */
  readonly failed: Promise<unknown>;
  #calls = 0;
  #onAnswered: (() => void) | undefined;
  #onRejection: (reason: unknown) => void = () => {};

  constructor(monitor: Monitor) {
    const rejected = new Promise((resolve) => {
      this.#onRejection = (reason) => {
        if (!isEngineGone(reason)) resolve(reason);
      };
    });
    this.failed = rejected.then(async (reason) => {
      await this.#untilAnswered();
      return reason;
    });
    process.on("unhandledRejection", this.#onRejection);
    for (const method of CALLS) {
      const send = monitor[method].bind(monitor);
      monitor[method] = (...args) => {
        const callback = args.pop() as Callback;
        this.#calls += 1;
        return send(...args, (...answer: unknown[]) => {
          callback(...answer);
          this.#calls -= 1;
          this.#look();
        });
      };
    }
  }

  #untilAnswered(): Promise<void> {
    return new Promise((resolve) => {
      this.#onAnswered = resolve;
      this.#look();
    });
  }

  end(): void {
    process.off("unhandledRejection", this.#onRejection);
  }

  #look(): void {
    // What an answer leads to is done before the next turn.
    if (this.#calls === 0 && this.#onAnswered) setImmediate(() => this.#calls === 0 && this.#onAnswered?.());
  }
}

/** By the SDK's store for each run. */
const runs = new WeakMap<object, Run>();

stack.runInPulumiStack = (program) => {
  const run = new Run(settings.getMonitor());
  runs.set(getStore(), run);
  const failed = run.failed.then((reason) => {
    throw reason;
  });
  return Promise.race([runInPulumiStack(program), failed]);
};

settings.disconnect = async (signalShutdown) => {
  const run = runs.get(getStore());
  if (!run) return disconnect(signalShutdown);
  const withoutWaiting = run.failed.then(() => settings.disconnectSync());
  try {
    await Promise.race([disconnect(signalShutdown), withoutWaiting]);
  } finally {
    run.end();
  }
};
