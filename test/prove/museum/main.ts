import { mkdtempSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import pMap from "p-map";
import { endWith } from "../../../automation/core/process/command-end";
import { stoppable } from "../../../automation/core/process/stoppable";
import { ProofServer } from "../../../rehearsal/prove/proof-server";
import { exhibits, tryExhibit, type Verdict } from "./museum";

/** `make prove-museum`: each pair, and what the prover says of it. Words are parts of the pairs' names. */
async function main(signal: AbortSignal): Promise<number> {
  const words = process.argv.slice(2);
  const chosen = exhibits().filter(
    ({ name, file }) => words.length === 0 || words.some((word) => `${file} ${name}`.includes(word)),
  );
  const startedMs = performance.now();
  const server = await ProofServer.start(mkdtempSync(join(tmpdir(), "aoshingo-museum-")));
  let verdicts: Verdict[];
  try {
    verdicts = await pMap(
      chosen,
      async (exhibit) => {
        const verdict = await tryExhibit(exhibit, server, signal);
        const { isRight, name, proof, lines, pair } = verdict;
        const expected = pair.expects ? "incident" : "harmless";
        console.log(`${isRight ? "✔" : "✘"} ${expected}  ${name}  ${proof.seconds} s`);
        for (const line of lines) console.log(`      ${line}`);
        for (const note of proof.notes) console.log(`      note: ${note}`);
        return verdict;
      },
      { concurrency: Math.max(2, cpus().length) },
    );
  } finally {
    await server.stop();
  }
  const incidents = verdicts.filter(({ pair }) => pair.expects);
  const harmless = verdicts.filter(({ pair }) => !pair.expects);
  const right = (some: readonly Verdict[]) => some.filter(({ isRight }) => isRight).length;
  console.log(
    `${right(incidents)} of ${incidents.length} incidents found, ${harmless.length - right(harmless)} of ${harmless.length} harmless pairs reported, ` +
      `${Math.round((performance.now() - startedMs) / 1000)} s, slowest ${Math.max(...verdicts.map(({ proof }) => proof.seconds))} s`,
  );
  return right(verdicts) === verdicts.length ? 0 : 1;
}

void endWith(() => stoppable(main));
