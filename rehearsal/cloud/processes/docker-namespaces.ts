import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { execa } from "execa";
import { isFirstOfContainer } from "./first-process";

/** An image without a file: its containers run a program of this machine. */
const IMAGE = "aoshingo-rehearsal/network";
/** What an archive of nothing is: two blocks of zeros. */
const EMPTY_ARCHIVE = Buffer.alloc(1024);
/** Folders of this machine in which `sleep` and its libraries are. */
const PROGRAMS = ["/bin", "/usr", "/lib", "/lib64"];

/** A container of Docker that does nothing but keep a network namespace, which others join. */
export interface HeldNamespace {
  /** A process in the namespace, as this machine numbers it. */
  pid: number;
  /** What `docker run --network` takes for a container that is to be in it. */
  network: string;
}

/**
 * Network namespaces that containers of this machine's Docker can join: Docker lets a container join that of another one only. They
 * end with this process, however it ends.
 */
export class DockerNamespaces {
  readonly #client: readonly string[];
  readonly #label = `aoshingo.rehearsal=${randomUUID()}`;
  #image: Promise<unknown> | undefined;
  #removal: ChildProcess | undefined;
  #isElsewhere = false;

  /** @param endpoint where Docker is; "" for where its client looks by itself */
  constructor(endpoint: string) {
    this.#client = endpoint === "" ? [] : ["--host", endpoint];
  }

  /** @throws Error in one line if Docker refuses it, or does not run on this machine's own kernel */
  async hold(): Promise<HeldNamespace> {
    if (this.#isElsewhere) throw elsewhere();
    this.#removal ??= this.#removeAtEnd();
    this.#image ??= this.#docker(["image", "inspect", IMAGE]).catch(() =>
      this.#docker(["import", "-", IMAGE], EMPTY_ARCHIVE),
    );
    await this.#image;
    const mounts = PROGRAMS.filter(existsSync).flatMap((path) => ["--volume", `${path}:${path}:ro`]);
    const held = ["run", "--detach", "--rm", "--network", "none", "--label", this.#label, "--read-only", ...mounts];
    const id = await this.#docker([...held, IMAGE, "sleep", "infinity"]);
    const pid = Number(await this.#docker(["container", "inspect", "--format", "{{.State.Pid}}", id]));
    this.#isElsewhere = !isFirstOfContainer(pid);
    if (this.#isElsewhere) throw elsewhere();
    return { pid, network: `container:${id}` };
  }

  close(): void {
    this.#removal?.stdin?.end();
  }

  /** Starts a shell whose input ends with this process; it is in another group, so that it survives. */
  #removeAtEnd(): ChildProcess {
    const docker = ["docker", ...this.#client];
    const script = `cat >/dev/null; "$@" ps --quiet --filter label=${this.#label} | xargs -r "$@" rm --force`;
    const removal = spawn("sh", ["-c", script, "sh", ...docker], {
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    removal.unref();
    return removal;
  }

  async #docker(words: readonly string[], input = Buffer.alloc(0)): Promise<string> {
    const said = await execa("docker", [...this.#client, ...words], { reject: false, input });
    if (said.failed) throw new Error((said.stderr || said.shortMessage || "").trim().split("\n").at(-1));
    return said.stdout.trim();
  }
}

function elsewhere(): Error {
  return new Error("Docker does not run on this machine's own kernel");
}
