import { join } from "node:path";
import { execa } from "execa";
import { PROJECT_DIRECTORY } from "../../automation/core/project-directory";
import type { Mutation } from "./mutation";
import { PROOFS } from "./proofs";

const EXIT_SURVIVED = 1;
const EXIT_WRONG_USE = 2;

/**
 * `npm run mutate -- [RULE...]`: takes out what enforces a rule, one rule after the other, and runs the test that has
 * to notice. Nothing is written to the checkout. Ends with 1 if a test noticed nothing.
 */
async function main(given: readonly string[]): Promise<number> {
  const unknown = given.filter((rule) => !(rule in PROOFS));
  if (unknown.length > 0) {
    console.error(`no proof of ${unknown.join(", ")}; wanted rules of docs/aws-rules.md, such as E1`);
    return EXIT_WRONG_USE;
  }
  const rules = given.length > 0 ? given : Object.keys(PROOFS);
  const found: Record<Outcome, string[]> = { noticed: [], survived: [], skipped: [] };
  for (const rule of rules) {
    const proof = PROOFS[rule]!;
    if (typeof proof === "string") {
      console.log(`– ${rule} is not held here: ${proof}`);
      continue;
    }
    const outcome = await outcomeOf(proof);
    found[outcome].push(rule);
    console.log(`${WORDS[outcome](`${rule} ${proof.test}`)}: ${proof.file}`);
  }
  console.log(
    [
      `${found.noticed.length} of ${Object.values(found).flat().length} noticed`,
      ...(found.survived.length > 0 ? [`not ${found.survived.join(", ")}`] : []),
      ...(found.skipped.length > 0 ? [`not tried on this machine ${found.skipped.join(", ")}`] : []),
    ].join("; "),
  );
  return found.survived.length > 0 ? EXIT_SURVIVED : 0;
}

/** Skipped: tests were left out, such as those of containers where the kernel does not allow any, and no other failed. */
type Outcome = "noticed" | "survived" | "skipped";

const WORDS: Record<Outcome, (test: string) => string> = {
  noticed: (test) => `✔ ${test} notices`,
  survived: (test) => `✘ ${test} does not notice`,
  skipped: (test) => `– ${test} is left out on this machine`,
};

/** Whether tests fail. A file that does not even load has shown nothing, so that some test has to have run. */
async function outcomeOf({ file, code, mutated, test }: Mutation): Promise<Outcome> {
  const MUTATION = JSON.stringify({ file: join(PROJECT_DIRECTORY, file), code, mutated });
  const { stdout } = await execa("npm", ["run", "--silent", "test", "--", test, "--bail"], {
    cwd: PROJECT_DIRECTORY,
    env: { MUTATION, NODE_OPTIONS: `--require ${join(__dirname, "mutate-source.cjs")}` },
    stdin: "ignore",
    reject: false,
  });
  const [, failed = 0, skipped = 0] = /^\d+ passed, (\d+) failed(?:, (\d+) skipped)?$/m.exec(stdout) ?? [];
  if (Number(failed) > 0) return "noticed";
  return Number(skipped) > 0 ? "skipped" : "survived";
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
