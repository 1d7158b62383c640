import type { ChildProcess } from "node:child_process";
import { isFirstOfContainer } from "./first-process";

/** What the launcher of a container of this machine's Docker tells, by Node's channel between processes. */
export interface ToldByDocker {
  /** The container's first process, by its number as Docker has it, and the signal that the launcher stops it with. */
  first?: { pid: number; stopSignal: string };
  /** The memory limit has killed a process of the container. */
  outOfMemory?: boolean;
}

/** What is known of a container that this machine's Docker runs, from its launcher (`rehearsal/images/docker-run.ts`). */
export class DockerContainer {
  /**
   * The container's first process, as this machine numbers it. Undefined until it runs, and where this machine does not
   * see it: Docker may be in a virtual machine.
   */
  firstProcess: number | undefined;
  /** The signal that stops the first process, by name or number; undefined until it runs. */
  stopSignal: string | undefined;
  outOfMemory = false;
  /** Resolves when the container runs, or has ended. */
  readonly started: Promise<void>;
  /** Resolves when the launcher, which has ended, tells nothing more. */
  readonly ended: Promise<void>;

  constructor(launcher: ChildProcess) {
    this.ended = new Promise((resolve) => launcher.once("disconnect", resolve));
    const running = new Promise<void>((resolve) => {
      launcher.on("message", ({ first, outOfMemory = false }: ToldByDocker) => {
        this.outOfMemory ||= outOfMemory;
        if (!first) return;
        this.firstProcess = isFirstOfContainer(first.pid) ? first.pid : undefined;
        this.stopSignal = first.stopSignal;
        resolve();
      });
    });
    this.started = Promise.race([running, this.ended]);
  }
}
