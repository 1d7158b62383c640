import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { parseDocument } from "yaml";
import type { StackOutputs } from "../components/outputs";
import { UserError } from "../components/user-error";

const PROJECT = join(__dirname, "..");
export const STACK = "rehearsal";

/** The stack's settings with what this rehearsal is to differ in; a copy, so that the checkout stays as it is. */
export async function writeSettings(
  directory: string,
  changes: { cutover: string; drainSeconds: number },
): Promise<string> {
  const document = parseDocument(await readFile(join(PROJECT, `Pulumi.${STACK}.yaml`), "utf8"));
  document.setIn(["config", "aoshingo:cutover"], changes.cutover);
  document.setIn(["config", "aoshingo:deploy"], { drainSeconds: changes.drainSeconds });
  await mkdir(directory, { recursive: true });
  await copyFile(join(PROJECT, "Pulumi.yaml"), join(directory, "Pulumi.yaml"));
  const file = join(directory, `Pulumi.${STACK}.yaml`);
  await writeFile(file, document.toString());
  return file;
}

/** Makes the stack and brings up its infrastructure, with the plain CLI, as a person would. */
export async function bringUp(
  environment: Record<string, string>,
  settingsFile: string,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  // In the settings' own folder: the CLI completes the settings file that lies beside Pulumi.yaml.
  await pulumi(dirname(settingsFile), ["stack", "init", STACK]);
  await pulumi(PROJECT, ["up", "--yes", "--skip-preview", "--stack", STACK, "--config-file", settingsFile]);

  async function pulumi(cwd: string, args: string[]): Promise<void> {
    const child = execa("pulumi", [...args, "--non-interactive", "--color", "never"], {
      cwd,
      env: environment,
      stdin: "ignore",
      all: true,
      reject: false,
      cancelSignal: signal,
    });
    const tail: string[] = [];
    for await (const line of child.iterable({ from: "all" })) {
      if (line.trim() === "") continue;
      onLine(line.trim());
      tail.push(line);
    }
    const { failed } = await child;
    signal.throwIfAborted();
    if (failed) throw new UserError(`pulumi ${args[0]} failed: ${faultsIn(tail)}`, { exitCode: 1 });
  }
}

/**
 * Name of a service's image repository, from the stack's outputs.
 * @param environment of the cloud; by default this process's own
 * @throws UserError while the stack has no such service
 */
export async function repositoryOf(service: string, environment: Record<string, string> = {}): Promise<string> {
  const { stdout, failed } = await execa("pulumi", ["stack", "output", "services", "--json", "--stack", STACK], {
    cwd: PROJECT,
    env: environment,
    reject: false,
  });
  const services = failed ? {} : (JSON.parse(stdout) as StackOutputs["services"]);
  const repository = services[service]?.repository.name;
  if (repository === undefined)
    throw new UserError(
      `the stack has no service "${service}": run \`pulumi up --stack ${STACK}\` first, or check the name`,
    );
  return repository;
}

/** The CLI repeats an error in its progress and in its diagnostics; without one the end of its output has to do. */
function faultsIn(lines: string[]): string {
  const faults = new Set(lines.flatMap((line) => /error: (.*)/.exec(line)?.[1] ?? []));
  return faults.size > 0 ? [...faults].join("\n") : lines.slice(-10).join("\n");
}
