import { createInterface } from "node:readline/promises";
import type { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { UserError } from "../../components/core/user-error";

/** Returns whether there is a person at a terminal, who can answer a question. */
export function hasTerminal(): boolean {
  return process.stdin.isTTY && process.stdout.isTTY;
}

/**
 * @param otherwise what to give instead, such as `--yes to begin`
 * @throws UserError where nobody can answer a question
 */
export function assertTerminal(otherwise: string): void {
  if (!hasTerminal()) throw new UserError(`nobody can be asked here, because this is no terminal: give ${otherwise}`);
}

/**
 * Asks a question until the answer is yes or no. What was typed before the question is no answer.
 * @returns true for yes, false for no, null if the input ends first
 * @throws the signal's reason when it is aborted
 */
export async function askYesOrNo(
  question: string,
  signal: AbortSignal,
  { input, output }: { input: Readable; output: NodeJS.WritableStream },
): Promise<boolean | null> {
  await discardTyped(input);
  if (input.readableEnded) return null;
  // With `terminal: true` it would intercept Ctrl-C.
  const lines = createInterface({ input, output, terminal: false });
  const ended = new AbortController();
  lines.once("close", () => ended.abort());
  try {
    for (;;) {
      const answer = await lines.question(`${question} (y/n) `, { signal: AbortSignal.any([signal, ended.signal]) });
      if (/^y(es)?$/i.test(answer.trim())) return true;
      if (/^no?$/i.test(answer.trim())) return false;
    }
  } catch (error) {
    signal.throwIfAborted();
    if (ended.signal.aborted) return null;
    throw error;
  } finally {
    lines.close();
  }
}

/** Reads the lines that are there already. */
async function discardTyped(input: Readable): Promise<void> {
  const discard = () => {};
  input.on("data", discard).resume();
  // The first may come in the same turn of the event loop, before it looks what can be read.
  await setImmediate();
  await setImmediate();
  input.off("data", discard);
  input.pause();
}
