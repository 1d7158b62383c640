import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { ContainerNetworks } from "./container-networks";
import { type MemoryLimits, memoryLimits } from "./memory-limits";

export const LAUNCHER = join(__dirname, "launch-container.sh");
const UNSHARE = ["unshare", "--mount", "--pid", "--fork", "--kill-child"];
/** Without root, a user namespace gives the right to make the others, where the system allows it. */
const UNSHARE_AS_USER = [...UNSHARE, "--user", "--map-root-user"];

/**
 * What this machine's kernel gives to a container besides its process. AWS gives all of it; macOS gives nothing, and
 * Linux what it allows to this user.
 */
export interface Surroundings {
  /**
   * A command that runs the one behind it as the first process of a container: with a file system of its own, which can
   * be read-only (aws-rules C31), and process ids of its own.
   */
  readonly unshare: readonly string[] | undefined;
  /** Networks of their own. Only together with `unshare`. */
  readonly networks: ContainerNetworks | undefined;
  /** Limits of memory (aws-rules C32). */
  readonly memory: MemoryLimits | undefined;
  /**
   * The address at which the containers are that share this machine's network; 127.0.0.1 cannot tell a server that
   * listens on 127.0.0.1 only from one that listens on all addresses.
   */
  readonly sharedAddress: string;
  /** Whether SIGTERM goes to a container's first process only, and to none without a handler. */
  readonly signalsFirstProcess: boolean;
}

/** Processes as they are: what every machine can do. */
export const PLAIN: Surroundings = {
  unshare: undefined,
  networks: undefined,
  memory: undefined,
  sharedAddress: "127.0.0.1",
  signalsFirstProcess: false,
};

/** How a rehearsal does each part of a container's surroundings; null for a part that it does not try. */
export interface SurroundingsMeans {
  readOnlyRoot: string | null;
  memoryLimit: string | null;
  firstProcess: string | null;
  loopback: string | null;
  /** A server listens on all addresses by itself: nothing tells it another one. */
  allAddresses: string | null;
  ownNetwork: string | null;
  /** The image that a Dockerfile builds. */
  image: string | null;
}

export function meansOf({
  unshare,
  networks,
  memory,
  sharedAddress,
  signalsFirstProcess,
}: Surroundings): SurroundingsMeans {
  const namespaces = unshare && "namespace";
  return {
    readOnlyRoot: namespaces ? `mount ${namespaces}` : null,
    memoryLimit: memory?.means ?? null,
    firstProcess: namespaces ? `PID ${namespaces}` : signalsFirstProcess ? "the process's own signal handlers" : null,
    loopback: networks
      ? "network namespace"
      : sharedAddress === PLAIN.sharedAddress
        ? null
        : "another address of this machine",
    allAddresses: networks ? "network namespace" : null,
    ownNetwork: networks ? "network namespace" : null,
    image: null,
  };
}

/**
 * How this machine's Docker does each part.
 * @param surroundings with the networks that its containers have; without them these share the network of this machine
 * @param seesFirstProcess whether this machine sees what the first process of the container does
 */
export function meansOfDocker(surroundings: Surroundings, seesFirstProcess: boolean): SurroundingsMeans {
  const { loopback, allAddresses, ownNetwork } = meansOf(surroundings);
  const firstProcess = seesFirstProcess ? "Docker" : null;
  return {
    ...{ readOnlyRoot: "Docker", memoryLimit: "Docker", firstProcess, image: "Docker" },
    ...{ loopback, allAddresses, ownNetwork },
  };
}

/**
 * Tries what this machine allows, once.
 * @param number of the cloud's own network, 0 to 255: no other cloud of this machine has it
 */
export async function probeSurroundings(number: number): Promise<Surroundings> {
  if (process.platform !== "linux") return PLAIN;
  const memory = memoryLimits();
  const linux = { ...PLAIN, memory, sharedAddress: "127.0.0.2", signalsFirstProcess: true };
  const unshare = (await isolates(UNSHARE)) ? UNSHARE : (await isolates(UNSHARE_AS_USER)) ? UNSHARE_AS_USER : undefined;
  if (!unshare) return linux;
  const networks = (await ContainerNetworks.isAllowed()) ? new ContainerNetworks({ number }) : undefined;
  return { ...linux, unshare, networks };
}

/** Whether a first process of such namespaces can be given a read-only root with a /tmp that it can write to. */
async function isolates(unshare: readonly string[]): Promise<boolean> {
  const directory = mkdtempSync(join(tmpdir(), "aoshingo-probe-"));
  try {
    const [program = "", ...parameters] = unshare;
    const check = '[ $$ = 1 ] && true >/tmp/written && ! true >"$0/written"';
    const container = [
      "sh",
      LAUNCHER,
      "",
      "yes",
      "1",
      "no",
      "",
      directory,
      ...keptPaths([directory]),
      "--",
      "sh",
      "-c",
      check,
      directory,
    ];
    const { failed } = await execa(program, [...parameters, ...container], {
      stdio: ["ignore", "ignore", "ignore", "pipe"],
      reject: false,
    });
    return !failed && !existsSync(join(directory, "written"));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Returns those of the paths that a tmpfs on /tmp would hide, each once, folders before what is in them. */
export function keptPaths(paths: readonly string[]): string[] {
  const hidden = [...new Set(paths)].filter((path) => path.startsWith("/tmp/") && existsSync(path)).sort();
  return hidden.filter((path) => !hidden.some((other) => path.startsWith(`${other}/`)));
}
