import type { ChildProcess } from "node:child_process";
import { isFirstOfContainer } from "./first-process";

/** What the launcher of a container of this machine's Docker tells, by Node's channel between processes. */
export interface ToldByDocker {
  /** Number of the container's first process, as Docker has it. */
  pid?: number;
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
  outOfMemory = false;
  /** Resolves when the container runs, or has ended. */
  readonly started: Promise<void>;
  /** Resolves when the launcher, which has ended, tells nothing more. */
  readonly ended: Promise<void>;

  /** @param stopSignal what Docker sends the first process to stop it */
  constructor(
    launcher: ChildProcess,
    readonly stopSignal: string,
  ) {
    this.ended = new Promise((resolve) => launcher.once("disconnect", resolve));
    const running = new Promise<void>((resolve) => {
      launcher.on("message", ({ pid, outOfMemory = false }: ToldByDocker) => {
        this.outOfMemory ||= outOfMemory;
        if (pid === undefined) return;
        this.firstProcess = isFirstOfContainer(pid) ? pid : undefined;
        resolve();
      });
    });
    this.started = Promise.race([running, this.ended]);
  }
}
