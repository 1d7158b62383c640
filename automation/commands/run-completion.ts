import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { candidatesFor } from "./completion/candidates";
import type { Shell } from "./completion/shells";
import { valuesFrom } from "./completion/values";
import { ownCommandTree } from "./own-command-tree";
import { isOwnProgram } from "./programs";

export function runCompletion(shell: Shell): void {
  process.stdout.write(readFileSync(join(__dirname, "completion", `aoshingo.${shell}`), "utf8"));
}

/**
 * Prints a word on each line, with a tab and what it means behind it if that is known; or `:files` or `:directories`, which the shell lists
 * itself.
 */
export async function runComplete(program: Command, words: readonly string[]): Promise<void> {
  const [first = "", ...rest] = words;
  const isOfOwn = rest.length > 0 && isOwnProgram(first);
  const own = isOfOwn ? await ownCommandTree(first) : null;
  const found = candidatesFor(own ?? program, own ? rest : words, valuesFrom(program));
  const lines =
    typeof found === "string"
      ? [`:${found}`]
      : found.map(({ value, description }) => (description ? `${value}\t${description}` : value));
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
  // A program of its own that was loaded may keep the process alive.
  if (isOfOwn) process.exit(0);
}
