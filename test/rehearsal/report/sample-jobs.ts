import type { Colour } from "../../../components/core/colour-name";
import type { RehearsalRecord } from "../../../rehearsal/report/types";
import { seededRandom } from "../../../rehearsal/seeded-random";
import type { Flip } from "./sample-record";

/** A worker's instances are new this long before they are made active, and work from then on. */
const EARLY_MS = 3_000;
const STALL_MS = 600;

/**
 * Does all jobs that were sent, with a short stall when a worker is retired; the stopped worker's last jobs are done
 * again.
 */
export function sampleJobs({ logs, releases }: RehearsalRecord, flips: readonly Flip[]): void {
  const random = seededRandom(11);
  const own = flips.filter(({ service }) => service === "mailer");
  for (const { id, atMs } of logs.jobsSent) {
    const sentMs = atMs!;
    const stopped = own.find((flip) => Math.abs(sentMs - flip.endMs) < STALL_MS / 2);
    const doneMs = sentMs + 22 + random() * 20 + (stopped ? (stopped.endMs + STALL_MS / 2 - sentMs) * random() : 0);
    const colour = colourAt(own, doneMs, random());
    const release = releases.findLast((each) => each.service === "mailer" && each.colour === colour)!.release;
    logs.jobsDone.push({ id, atMs: doneMs, colour, release });
    if (stopped && random() < 0.2) logs.jobsDone.push({ id, atMs: doneMs + 3_000, colour, release });
  }
}

/** Both colours take jobs while both run. */
function colourAt(flips: readonly Flip[], atMs: number, chance: number): Colour {
  let colour: Colour = "blue";
  for (const { active, atMs: flipMs, endMs } of flips) {
    if (atMs >= endMs || (atMs >= flipMs - EARLY_MS && chance < 0.5)) colour = active;
  }
  return colour;
}
