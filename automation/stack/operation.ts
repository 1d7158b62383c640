import type { UpOptions as EngineOptions } from "@pulumi/pulumi/automation";
import type { UpOptions } from "../ports/stack";
import { failureOf } from "./engine-errors";
import { StackLocked } from "./recovery/lock";
import type { UpProgress } from "./up-progress";

type CommonOptions = Pick<EngineOptions, "color" | "suppressProgress" | "signal" | "onEvent">;

/**
 * Lets only a process that may change the stack go on. It keeps what the check threw, because the engine passes on only
 * the text of an inline program's errors.
 */
export class LeaseGuard {
  #refusal: { error: unknown } | null = null;

  constructor(private readonly check: () => Promise<void>) {}

  /** @throws what the check throws */
  async pass(): Promise<void> {
    this.#refusal = null;
    try {
      await this.check();
    } catch (error) {
      this.#refusal = { error };
      throw error;
    }
  }

  /** @throws what the last check threw */
  rethrow(): void {
    if (this.#refusal) throw this.#refusal.error;
  }
}

/**
 * Runs one operation of the engine.
 * @param run starts the operation with the options that all operations share
 * @throws StackLocked; ProviderLost; AwsUnanswered; StepFailed with the engine's own words; the signal's reason; what
 * the guard's check threw
 */
export async function runOperation(
  guard: LeaseGuard,
  progress: UpProgress,
  options: UpOptions,
  run: (common: CommonOptions) => Promise<unknown>,
): Promise<void> {
  const { signal } = options;
  signal.throwIfAborted();
  try {
    const running = run({ color: "never", suppressProgress: true, signal, onEvent: (event) => progress.take(event) });
    await abandonAfter(running, options);
  } catch (error) {
    guard.rethrow();
    signal.throwIfAborted();
    if (error instanceof StackLocked) throw error;
    throw failureOf(progress.errors, error as Error);
  }
}

/**
 * Waits for an operation. `abandonAfterMs` after the abort it rejects with the signal's reason, and the operation goes
 * on without a caller that waits for it.
 */
function abandonAfter(
  running: Promise<unknown>,
  { signal, abandonAfterMs }: Pick<UpOptions, "signal" | "abandonAfterMs">,
): Promise<unknown> {
  if (abandonAfterMs === undefined) return running;
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const onAbort = () => {
      timer = setTimeout(() => reject(signal.reason), abandonAfterMs);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    running.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    });
  });
}
