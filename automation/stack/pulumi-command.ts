import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { UserError } from "../../components/core/user-error";
import { PROJECT_DIRECTORY } from "../core/project-directory";
import { cliError, namesNoBackend } from "./cli-error";

/** A stack's export is the largest output of the CLI. */
const MAX_OUTPUT_BYTES = 1024 ** 3;

/** The CLI's words for a state that it cannot read. */
const UNREADABLE_STATE = "failed to load checkpoint";

/** Node's own: `status` has no time to load a library. */
const execFileAsync = promisify(execFile);

/**
 * Runs one command of the CLI on a stack and parses what it prints as JSON.
 * @param extraEnvironment variables on top of this process's own
 * @throws UserError if the stack does not exist, or (exit code 1) with the reason of the CLI in one line
 */
export async function pulumiJson<Result>(
  pulumi: { command: string },
  stack: string,
  args: string[],
  extraEnvironment: Record<string, string> = {},
): Promise<Result> {
  const environment = { ...process.env, ...extraEnvironment, PULUMI_SKIP_UPDATE_CHECK: "true" };
  try {
    const { stdout } = await execFileAsync(pulumi.command, [...args, "--stack", stack, "--non-interactive"], {
      cwd: PROJECT_DIRECTORY,
      env: environment,
      maxBuffer: MAX_OUTPUT_BYTES,
    });
    return JSON.parse(stdout) as Result;
  } catch (error) {
    if (error instanceof SyntaxError) throw error;
    const stderr = (error as { stderr?: string }).stderr || (error as Error).message;
    if (stderr.includes(UNREADABLE_STATE) && (await makeReadable(stack, environment)))
      return pulumiJson(pulumi, stack, args, extraEnvironment);
    throw cliFailure(stack, stderr);
  }
}

/** Returns whether something was done. It is hardly ever needed, so its code is loaded only then. */
function makeReadable(stack: string, environment: NodeJS.ProcessEnv): Promise<boolean> {
  const { projectSettings } = require("../core/project") as typeof import("../core/project");
  const { backendUrlOf } = require("./recovery/backend-url") as typeof import("./recovery/backend-url");
  const { removeTornAttributes } = require("./recovery/torn-attributes") as typeof import("./recovery/torn-attributes");
  const project = projectSettings();
  return removeTornAttributes(backendUrlOf(project, environment), project.name, stack);
}

/**
 * Returns an error of one line for a person from what the CLI printed to stderr. Its exit code is 2 where the command names no stack that
 * exists, or nothing names a backend, and 1 for all else, such as a backend that does not answer.
 */
export function cliFailure(stack: string, stderr: string): UserError {
  if (/no stack named/.test(stderr)) {
    return new UserError(
      `stack "${stack}" does not exist: create it with \`pulumi stack init ${stack}\`, then \`pulumi up --stack ${stack}\``,
    );
  }
  const firstLine = stderr.split("\n").find((text) => text.trim() !== "");
  const message = cliError(stderr) ?? firstLine ?? "the Pulumi CLI failed without a word";
  return new UserError(message, { exitCode: namesNoBackend(stderr) ? 2 : 1 });
}
