import { setFlagsFromString } from "node:v8";

/*
 * Keeps the memory of a process small that runs a program inside it once in each `up`; imported where that is.
 */

/** Pulumi's SDK takes the functions from this object, so what is changed in it counts for it. */
const settings = require("@pulumi/pulumi/runtime/settings") as {
  /** Ends what a run of a program has to do with the engine. */
  disconnect(signalShutdown: boolean): Promise<void>;
};
const { setStackResource } = require("@pulumi/pulumi/runtime/state") as {
  /** Sets the resource that has all others below it, for the caller's run and for the process. */
  setStackResource(stack: undefined): void;
};
const { disconnect } = settings;

/**
 * The SDK keeps what is known of a run until the process ends: by timers of its connections to the engine, and of the first
 * run by a listener that looks for promises without an end. Without this, every resource that the run declared is kept with
 * it: 28 MB for each `up` of 25 services, when each had all of its outputs.
 */
settings.disconnect = async (signalShutdown) => {
  try {
    await disconnect(signalShutdown);
  } finally {
    setStackResource(undefined);
  }
};

/**
 * How much the heap may grow (percent) before V8 collects all of its garbage again. By default it may become four times as large:
 * then the garbage of three `up`s stays until the process ends. Less than this saved no more memory (docs/benchmarks.md).
 */
const HEAP_GROWTH_PERCENT = 60;
setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH_PERCENT}`);
