import { join } from "node:path";
import { ProcessLedger } from "./process-ledger";
import { TaskFolders } from "./task-folders";

/**
 * The processes and folders of a cloud's tasks. They do not outlive the cloud: the next cloud ends those that a
 * killed cloud left behind.
 */
export class TaskProcesses {
  readonly ledger: ProcessLedger;
  readonly folders: TaskFolders;
  /** Runs when this process exits without `close`. */
  readonly #killAll: () => void;

  /**
   * @param directory of this cloud alone
   * @param log takes one line if an earlier cloud left tasks behind
   */
  constructor(directory: string, log: (line: string) => void) {
    this.ledger = new ProcessLedger(directory);
    const ended = this.ledger.endOrphans();
    if (ended > 0) log(`ended ${ended} task(s) that an earlier cloud left behind`);
    this.folders = new TaskFolders(join(directory, "tmp"));
    this.folders.removeAll();
    this.#killAll = () => {
      this.ledger.killAll();
      this.folders.removeAll();
    };
    process.once("exit", this.#killAll);
  }

  /** Kills the processes and removes the folders. Synchronous, so that it can run while this process exits. */
  close(): void {
    this.#killAll();
    process.off("exit", this.#killAll);
  }
}
