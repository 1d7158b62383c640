import { readdirSync } from "node:fs";
import { join } from "node:path";
import { NODE_ARGUMENTS } from "../../../automation/core/package-directory";
import { lineOf } from "../../../rehearsal/prove/findings";
import type { ProofServer } from "../../../rehearsal/prove/proof-server";
import { type Proof, prove, type ReleasePair } from "../../../rehearsal/prove/prove";
import { parseRequests, type Requests } from "../../../rehearsal/prove/requests";
import type { Which } from "../../../rehearsal/prove/states";
import type { MuseumPair } from "./pair";

const PAIRS = join(__dirname, "pairs");

/** A pair with its place. */
export interface Exhibit {
  name: string;
  file: string;
  pair: MuseumPair;
}

/** What the prover said of a pair. */
export interface Verdict extends Exhibit {
  proof: Proof;
  lines: string[];
  /** Whether it says what it should: the expected line, or nothing. */
  isRight: boolean;
}

/** Returns all pairs of the museum, file by file. */
export function exhibits(): Exhibit[] {
  return readdirSync(PAIRS)
    .sort()
    .flatMap((name) => {
      const file = join(PAIRS, name);
      const pairs = require(file).default as Record<string, MuseumPair>;
      return Object.entries(pairs).map(([pair, about]) => ({ name: pair, file, pair: about }));
    });
}

export async function tryExhibit(exhibit: Exhibit, server: ProofServer, signal: AbortSignal): Promise<Verdict> {
  const proof = await prove(releasesOf(exhibit), server, signal);
  const lines = proof.findings.map(lineOf);
  const { expects } = exhibit.pair;
  const isRight = expects ? lines.some((line) => expects.test(line)) : lines.length === 0;
  return { ...exhibit, proof, lines, isRight };
}

function releasesOf({ name, file, pair }: Exhibit): ReleasePair {
  const server = join(__dirname, "server.ts");
  const command = (which: Which) => [process.execPath, ...NODE_ARGUMENTS, server, file, name, which];
  const releaseOf = (which: Which, version: string, migrates: boolean) => ({
    name: version,
    command: command(which),
    directory: __dirname,
    environment: { RUN: command(which).join(" ") },
    migrate: migrates ? [...command(which), "migrate"].join(" ") : undefined,
    health: "/",
  });
  const old = requestsOf(pair, pair.requests);
  return {
    releases: { old: releaseOf("old", "v1", false), new: releaseOf("new", "v2", pair.migrate !== undefined) },
    requests: { old, new: pair.newRequests ? requestsOf(pair, { ...old.scenarios, ...pair.newRequests }) : old },
    data: pair.tables,
  };
}

/** The museum's requests go through the same reader as a service's. */
function requestsOf(
  { title, small = [] }: MuseumPair,
  requests: MuseumPair["requests"] | Requests["scenarios"],
): Requests {
  const scenarios = Array.isArray(requests) ? { [title]: requests } : requests;
  return parseRequests(JSON.stringify({ scenarios, small }), title);
}
