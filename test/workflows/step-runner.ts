import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";

export interface StepRun {
  exitCode: number;
  /** Both outputs. */
  text: string;
}

/** Runs steps as a runner does: each a script of its own for `bash -e`, in the checkout. Some commands are others here, and are written down. */
export class StepRunner {
  private constructor(
    readonly directory: string,
    private readonly checkout: string,
  ) {}

  static async start(checkout: string): Promise<StepRunner> {
    return new StepRunner(await mkdtemp(join(tmpdir(), "aoshingo-steps-")), checkout);
  }

  /** Puts a command in front of the real ones: what it is given is written down, then `script` (of sh) runs. */
  async replace(command: string, script: string): Promise<void> {
    const note = `printf '%s\\n' "${command} $*" >> '${join(this.directory, "calls")}'`;
    await writeFile(join(this.directory, command), `#!/bin/sh\n${note}\n${script}\n`, { mode: 0o755 });
  }

  async run(run: string, env: Record<string, string>): Promise<StepRun> {
    const script = join(this.directory, "step.sh");
    await writeFile(script, run);
    const added = await this.#lines("path");
    const { exitCode, all } = await execa("bash", ["-e", script], {
      cwd: this.checkout,
      env: {
        ...env,
        PATH: [this.directory, ...added, env.PATH ?? process.env.PATH].join(":"),
        GITHUB_PATH: join(this.directory, "path"),
      },
      stdin: "ignore",
      all: true,
      reject: false,
    });
    return { exitCode: exitCode ?? 1, text: all };
  }

  /** What replaced commands were given, a line each. */
  calls(): Promise<string[]> {
    return this.#lines("calls");
  }

  stop(): Promise<void> {
    return rm(this.directory, { recursive: true, force: true });
  }

  async #lines(file: string): Promise<string[]> {
    const text = await readFile(join(this.directory, file), "utf8").catch(() => "");
    return text.split("\n").filter((line) => line !== "");
  }
}
