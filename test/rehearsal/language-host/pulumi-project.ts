import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface CliResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** A Pulumi project in a temporary folder, with a file backend and no access to the person's own Pulumi settings. */
export class PulumiProject {
  readonly folder = mkdtempSync(join(tmpdir(), "aoshingo-language-host-"));

  constructor(
    private readonly cli: string,
    private readonly languageHostPort: number,
  ) {
    mkdirSync(join(this.folder, "state"));
    symlinkSync(join(__dirname, "../../../node_modules"), join(this.folder, "node_modules"));
    this.write("package.json", '{ "name": "tiny" }');
    this.write("tsconfig.json", '{ "compilerOptions": { "module": "node20", "rootDir": ".", "noCheck": true } }');
    this.write(
      "Pulumi.yaml",
      "name: tiny\nmain: program.ts\nruntime: { name: nodejs, options: { typescript: true } }\n",
    );
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  /** Runs the CLI to its end; `signal` sends it SIGINT. */
  run(args: string[], signal?: AbortSignal): Promise<CliResult> {
    const env = {
      ...process.env,
      PULUMI_BACKEND_URL: `file://${this.folder}/state`,
      PULUMI_HOME: join(this.folder, "home"),
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_DEBUG_LANGUAGES: `nodejs:${this.languageHostPort}`,
    };
    return new Promise((resolve) => {
      const options = { cwd: this.folder, env };
      const child = execFile(this.cli, [...args, "--non-interactive"], options, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
      );
      signal?.addEventListener("abort", () => child.kill("SIGINT"));
    });
  }
}
