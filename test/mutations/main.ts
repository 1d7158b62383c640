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
  const survived: string[] = [];
  for (const rule of rules) {
    const proof = PROOFS[rule]!;
    if (typeof proof === "string") {
      console.log(`– ${rule} is not held here: ${proof}`);
      continue;
    }
    const noticed = await isNoticed(proof);
    if (!noticed) survived.push(rule);
    console.log(
      `${noticed ? "✔" : "✘"} ${rule} ${proof.test} ${noticed ? "notices" : "does not notice"}: ${proof.file}`,
    );
  }
  const mutated = rules.filter((rule) => typeof PROOFS[rule] !== "string").length;
  console.log(
    `${mutated - survived.length} of ${mutated} noticed${survived.length > 0 ? `; not ${survived.join(", ")}` : ""}`,
  );
  return survived.length > 0 ? EXIT_SURVIVED : 0;
}

/** Whether tests fail. A file that does not even load has shown nothing, so that some test has to have run. */
async function isNoticed({ file, code, mutated, test }: Mutation): Promise<boolean> {
  const MUTATION = JSON.stringify({ file: join(PROJECT_DIRECTORY, file), code, mutated });
  const { stdout } = await execa("npm", ["run", "--silent", "test", "--", test, "--bail"], {
    cwd: PROJECT_DIRECTORY,
    env: { MUTATION, NODE_OPTIONS: `--require ${join(__dirname, "mutate-source.cjs")}` },
    stdin: "ignore",
    reject: false,
  });
  const [, failed] = /^\d+ passed, (\d+) failed/m.exec(stdout) ?? [];
  return Number(failed ?? 0) > 0;
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
