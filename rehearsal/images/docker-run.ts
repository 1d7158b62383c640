import { execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import type { ToldByDocker } from "../cloud/processes/docker-container";

/*
 * Runs a container as the process of a task: `node docker-run.js ENDPOINT STOP_SIGNAL [OPTION...] IMAGE [COMMAND...]`, with
 * options of `docker run`. ENDPOINT is where Docker is, "" for where its client looks by itself. Without `--network` the container
 * shares this machine's. Without `--init` its command is its first process, as on ECS, and gets STOP_SIGNAL only with a handler
 * for it (aws-rules C19, C35). It gets all environment variables of the process by name, so that no value is on a command
 * line.
 */

/** Variables of this machine, not of the task. */
const HOST_ONLY = ["PATH"];

/** How the image is named: what comes before are options. */
const IMAGE_ID = /^sha256:/;

/** What Docker's client says behind why it could not start a container. */
const HINT = /^Run 'docker run --help'/;

/** Real milliseconds between two looks at a container that is being started: Docker's client does not say when it runs. */
const LOOK_MS = 200;

const [endpoint = "", stopSignal = "", ...words] = process.argv.slice(2);
const options = words.slice(
  0,
  words.findIndex((word) => IMAGE_ID.test(word)),
);
const client = endpoint === "" ? [] : ["--host", endpoint];
const name = `aoshingo-${randomUUID()}`;
const variables = Object.keys(process.env).filter((key) => !HOST_ONLY.includes(key));
let hasEnded = false;

for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void stop());

// A task that does not stop in time is killed: this process, and not the container. This shell removes the container, which
// stays until then to be asked how it has ended: the shell is in another group, so it survives, and its input ends when
// this process does. Docker's client ends with the container.
const removal = ["docker", ...client, "rm", "--force", "--volumes", name];
spawn("sh", ["-c", 'cat >/dev/null; exec "$@" >/dev/null 2>&1', "sh", ...removal], {
  detached: true,
  stdio: ["pipe", "ignore", "ignore"],
});

const container = spawn(
  "docker",
  [
    ...[...client, "run"],
    ...(options.includes("--network") ? [] : ["--network", "host"]),
    ...["--name", name],
    ...variables.flatMap((key) => ["--env", key]),
    ...words,
  ],
  // Docker's client would pass SIGTERM on, whatever signal the image wants (STOPSIGNAL): it is in another group, too.
  { detached: true, stdio: ["inherit", "inherit", "pipe"] },
);
createInterface({ input: container.stderr }).on("line", (line) => HINT.test(line) || console.error(line));

container.on("error", (error) => {
  console.error(`docker: ${error.message}`);
  process.exit(127);
});
// Its last lines have been written then.
container.on("close", (code) => void end(code ?? 1));
if (process.connected) void tellFirstProcess();

/** Sends the container its signal, as soon as it runs. */
async function stop(): Promise<void> {
  while (!hasEnded) {
    if ((await ask("kill", "--signal", stopSignal, name)) !== undefined) return;
    await delay(LOOK_MS);
  }
}

/** Tells which process is the container's first, as soon as it runs. */
async function tellFirstProcess(): Promise<void> {
  while (!hasEnded) {
    const pid = Number(await stateOf("Pid"));
    if (pid > 0) return tell({ first: { pid, stopSignal } });
    await delay(LOOK_MS);
  }
}

async function end(code: number): Promise<void> {
  hasEnded = true;
  if (process.connected && (await stateOf("OOMKilled")) === "true") await tell({ outOfMemory: true });
  process.exit(code);
}

/** Returns a part of the container's state, as Docker has it; undefined if there is no such container. */
function stateOf(part: "Pid" | "OOMKilled"): Promise<string | undefined> {
  return ask("container", "inspect", "--format", `{{.State.${part}}}`, name);
}

/** Returns what Docker's client said; undefined if it failed. */
async function ask(...words: string[]): Promise<string | undefined> {
  const said = await promisify(execFile)("docker", [...client, ...words]).catch(() => undefined);
  return said?.stdout.trim();
}

/** Tells the process that has started this one; that one may have ended. */
function tell(told: ToldByDocker): Promise<void> {
  return new Promise((resolve) => process.send!(told, () => resolve()));
}
