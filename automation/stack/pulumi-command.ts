import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { UserError } from "../../components/user-error";

/** A stack's export is its largest output. */
const MAX_OUTPUT_BYTES = 1024 ** 3;

/** The CLI's words for a state that it cannot read. */
const UNREADABLE_STATE = "failed to load checkpoint";

/** Node's own: `status` has no time to load a library. */
const execFileAsync = promisify(execFile);

/**
 * Runs one command of the CLI on a stack and parses what it prints as JSON.
 * @throws UserError if the stack does not exist, or with the CLI's own first line
 */
export async function pulumiJson<Result>(
  pulumi: { command: string },
  stack: string,
  directory: string,
  args: string[],
  environmentOfStack: Record<string, string> = {},
): Promise<Result> {
  const environment = { ...process.env, ...environmentOfStack, PULUMI_SKIP_UPDATE_CHECK: "true" };
  const run = async () => {
    const { stdout } = await execFileAsync(pulumi.command, [...args, "--stack", stack, "--non-interactive"], {
      cwd: directory,
      env: environment,
      maxBuffer: MAX_OUTPUT_BYTES,
    });
    return JSON.parse(stdout) as Result;
  };
  try {
    return await run().catch(async (error: unknown) => {
      if (await madeReadable(stack, environment, saidOf(error))) return run();
      throw error;
    });
  } catch (error) {
    if (error instanceof SyntaxError) throw error;
    throw new UserError(stackFault(stack, saidOf(error)));
  }
}

function saidOf(error: unknown): string {
  return (error as { stderr?: string }).stderr || (error as Error).message;
}

async function madeReadable(stack: string, environment: NodeJS.ProcessEnv, said: string): Promise<boolean> {
  if (!said.includes(UNREADABLE_STATE)) return false;
  // Hardly ever needed, and it loads what reads settings.
  const { removeTornAttributes } =
    require("../leftovers/torn-attributes") as typeof import("../leftovers/torn-attributes");
  return removeTornAttributes(stack, environment);
}

/** One line for a person from what the CLI says on its error output. */
export function stackFault(stack: string, stderr: string): string {
  if (/no stack named/.test(stderr)) {
    return `stack "${stack}" does not exist: create it with \`pulumi stack init ${stack}\`, then \`pulumi up --stack ${stack}\``;
  }
  const line = stderr.split("\n").find((text) => text.trim() !== "") ?? "the Pulumi CLI failed without a word";
  return line.replace(/^error: /, "");
}
