import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { PACKAGE_DIRECTORY, runModule } from "../../automation/core/package-directory";

/** The rehearsal's own `awsx` provider, in a process of its own beside the cloud's `aws` provider. */
export class AwsxProcess {
  private constructor(
    readonly port: number,
    private readonly child: ChildProcess,
  ) {}

  /** @throws Error with the process's error output, if it ends before it serves */
  static async start(): Promise<AwsxProcess> {
    const child = spawn(process.execPath, runModule("rehearsal/awsx/main"), {
      cwd: PACKAGE_DIRECTORY,
      stdio: ["pipe", "pipe", "pipe"],
    });
    const errors: string[] = [];
    createInterface({ input: child.stderr }).on("line", (line) => errors.push(line));
    // A provider plugin prints its port as its first line. The other lines must be read, and are ignored.
    const lines = createInterface({ input: child.stdout });
    const [line] = (await Promise.race([once(lines, "line"), once(child, "exit").then(() => [undefined])])) as [
      string | undefined,
    ];
    if (line === undefined) throw new Error(`the rehearsal's awsx provider did not start: ${errors.join(" ")}`);
    return new AwsxProcess(Number(line), child);
  }

  async close(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await ended;
  }
}
