import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { parseDocument } from "yaml";
import { PROJECT_DIRECTORY } from "../automation/project-directory";
import type { StackOutputs } from "../components/outputs";
import { UserError } from "../components/user-error";

export const STACK = "rehearsal";

/** The stack's settings with what this rehearsal is to differ in; a copy, so that the checkout stays as it is. */
export async function writeSettings(
  directory: string,
  changes: { cutover: string; drainSeconds: number },
): Promise<string> {
  const document = parseDocument(await readFile(join(PROJECT_DIRECTORY, `Pulumi.${STACK}.yaml`), "utf8"));
  document.setIn(["config", "aoshingo:cutover"], changes.cutover);
  document.setIn(["config", "aoshingo:deploy"], { drainSeconds: changes.drainSeconds });
  await mkdir(directory, { recursive: true });
  const file = join(directory, `Pulumi.${STACK}.yaml`);
  await writeFile(file, document.toString());
  return file;
}

/**
 * Name of a service's image repository, from the stack's outputs, in the environment of a cloud.
 * @throws UserError while the stack has no such service
 */
export async function repositoryOf(service: string): Promise<string> {
  const { stdout, failed } = await execa("pulumi", ["stack", "output", "services", "--json", "--stack", STACK], {
    cwd: PROJECT_DIRECTORY,
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
