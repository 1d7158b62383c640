import { join } from "node:path";
import { execa } from "execa";
import { runModule } from "../automation/core/package-directory";
import { PROJECT_DIRECTORY } from "../automation/core/project-directory";
import { PLACE } from "./bench-environment";
import { type Row, row } from "./spread";

const ROUNDS = 3;
const FLOWS = /Traffic flows/;

/** Measures from the start of a rehearsal's process to the first answered request; then the rehearsal is stopped. */
export async function rehearsalStart(signal: AbortSignal): Promise<Row[]> {
  const seconds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) seconds.push(await secondsToTraffic(signal));
  return [row("s, start of a rehearsal to first traffic", seconds, "at most 15")];
}

async function secondsToTraffic(signal: AbortSignal): Promise<number> {
  const startedMs = performance.now();
  const place = ["--loopback", PLACE.loopback, "--port-offset", String(PLACE.portOffset)];
  const args = [...place, "--directory", join("out", "bench", "rehearsal")];
  const child = execa(process.execPath, runModule("rehearsal/rehearse", ...args), {
    cwd: PROJECT_DIRECTORY,
    // The goal is that of one service; three services take two first deploys, one after the other.
    env: { SERVICES: "users" },
    stdin: "ignore",
    reject: false,
    cancelSignal: signal,
    forceKillAfterDelay: 15_000,
  });
  let seconds: number | null = null;
  for await (const line of child.iterable()) {
    if (seconds !== null || !FLOWS.test(line)) continue;
    seconds = (performance.now() - startedMs) / 1000;
    child.kill("SIGTERM");
  }
  const { stderr } = await child;
  signal.throwIfAborted();
  if (seconds === null) throw new Error(`the rehearsal ended before its traffic flowed: ${stderr}`);
  return seconds;
}
