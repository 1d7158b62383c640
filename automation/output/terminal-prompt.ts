import { createInterface } from "node:readline/promises";

/**
 * Asks a question until the answer is yes or no.
 * @returns true for yes, false for no, null if the input ends first
 * @throws the signal's reason when it is aborted
 */
export async function askYesOrNo(
  question: string,
  signal: AbortSignal,
  { input, output }: { input: NodeJS.ReadableStream; output: NodeJS.WritableStream },
): Promise<boolean | null> {
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
