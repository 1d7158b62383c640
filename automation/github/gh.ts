import { execa } from "execa";
import { UserError } from "../../components/core/user-error";

/** GitHub, as far as a job tells people something there. Paths are its REST API's, without a leading slash. */
export interface GitHub {
  /** All pages of a list. */
  list(path: string): Promise<Record<string, unknown>[]>;
  send(method: "POST" | "PATCH", path: string, body: Record<string, unknown>): Promise<Record<string, unknown>>;
}

/**
 * By GitHub's own CLI, which its runners have: it reads the job's token from `GH_TOKEN`, so that no code here sees it, and waits when it is told to.
 * @throws UserError (exit code 1) with what `gh` says
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
