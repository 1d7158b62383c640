import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import { ownCommandTree } from "../automation/commands/own-command-tree";
import { buildProgram } from "../automation/commands/program";
import { OWN_PROGRAMS } from "../automation/commands/programs";
import { ownVersion } from "../automation/core/own-version";
import { manPage } from "./man-page";

/*
 * Writes the manual page, which the package has as `man/aoshingo.1`, or to the path that it is given. A process of its own: it has loaded programs that
 * believe to run.
 */

async function main(): Promise<void> {
  const [file = join(__dirname, "../man/aoshingo.1")] = process.argv.slice(2);
  const trees = new Map<string, Command>();
  for (const name of Object.keys(OWN_PROGRAMS)) {
    const tree = await ownCommandTree(name);
    if (tree) trees.set(name, tree);
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, manPage(buildProgram(), trees, ownVersion()));
  process.exit(0);
}

void main();
