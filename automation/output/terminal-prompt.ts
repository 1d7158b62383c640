import { createInterface } from "node:readline/promises";

/**
 * Asks for yes or no until it gets one of them.
 * @returns null when the input ends
 * @throws the signal's reason when it is aborted
 */
export async function askYesOrNo(
  question: string,
  signal: AbortSignal,
  { input, output }: { input: NodeJS.ReadableStream; output: NodeJS.WritableStream },
): Promise<boolean | null> {
  // As a terminal it would keep Ctrl-C to itself.
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
