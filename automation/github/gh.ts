import { execa } from "execa";
import { UserError } from "../../components/core/user-error";

/** The part of GitHub's REST API that jobs use. Paths have no leading slash. */
export interface GitHub {
  /** Returns all pages of a list. */
  list(path: string): Promise<Record<string, unknown>[]>;
  send(method: "POST" | "PATCH", path: string, body: Record<string, unknown>): Promise<Record<string, unknown>>;
}

/**
 * Calls GitHub with its own CLI, which its runners have. The CLI reads the job's token from `GH_TOKEN`, so that no code
 * here sees it, and obeys rate limits.
 * @throws UserError (exit code 1) with the message of `gh`
 */
export const gh: GitHub = {
  list: async (path) => ((await api(["--paginate", "--slurp", path])) as Record<string, unknown>[][]).flat(),
  send: async (method, path, body) =>
    (await api(["--method", method, path, "--input", "-"], JSON.stringify(body))) as Record<string, unknown>,
};

async function api(args: string[], input = ""): Promise<unknown> {
  const { exitCode, failed, stdout, stderr, shortMessage } = await execa("gh", ["api", ...args], {
    input,
    reject: false,
  });
  if (!failed) return JSON.parse(stdout);
  const reason = exitCode === undefined ? shortMessage : stderr.trim().split("\n")[0] || shortMessage;
  throw new UserError(`gh api ${args.find((arg) => arg.startsWith("repos/"))}: ${reason}`, { exitCode: 1 });
}
