import { join } from "node:path";
import { execa } from "execa";
import { type Row, row } from "./spread";
import { PROJECT } from "./stage";

const ROUNDS = 3;
const FLOWS = /Traffic flows/;

/** From the start of a rehearsal's process to the first answered request; the rehearsal is then stopped. */
export async function rehearsalStart(): Promise<Row[]> {
  const seconds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) seconds.push(await secondsToTraffic());
  return [row("s, start of a rehearsal to first traffic", seconds, "at most 15")];
}

async function secondsToTraffic(): Promise<number> {
  const startedMs = performance.now();
  const place = ["--loopback", "127.66", "--port-offset", "36000", "--directory", join("out", "bench", "rehearsal")];
  const child = execa(process.execPath, ["-r", "ts-node/register", "rehearsal/rehearse.ts", ...place], {
    cwd: PROJECT,
    // The goal is that of one service; three take two first deploys, one after the other.
    env: { SERVICES: "users" },
    stdin: "ignore",
    reject: false,
    forceKillAfterDelay: 15_000,
  });
  let seconds: number | null = null;
  for await (const line of child.iterable()) {
    if (seconds !== null || !FLOWS.test(line)) continue;
    seconds = (performance.now() - startedMs) / 1000;
    child.kill("SIGTERM");
  }
  const { stderr } = await child;
  if (seconds === null) throw new Error(`the rehearsal came to no traffic: ${stderr}`);
  return seconds;
}
