import { join } from "node:path";
import { ECRClient, GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr";
import { execa } from "execa";
import { CALL_LIMITS } from "../core/aws-limits";
import { StepFailed } from "../core/errors";
import { PACKAGE_DIRECTORY } from "../core/package-directory";
import { PROJECT_DIRECTORY } from "../core/project-directory";
import { SERVICE } from "./trial";

/** The platform of the instance type that the service has by default. */
const PLATFORM = "linux/amd64";
/** Lines of a failed command that are shown. */
const SHOWN_LINES = 5;

/** Builds the service's image and pushes it to a repository under a tag. */
export type PushImage = (image: { repository: string; tag: string }) => Promise<void>;

/** Returns why Docker cannot be used, in one line; null if it can. */
export async function dockerProblem(): Promise<string | null> {
  const { failed } = await execa("docker", ["version"], { reject: false });
  return failed ? "docker does not answer: start it, or give another way to push images with --push-with" : null;
}

/** Pushes with Docker. The registry's password goes through its input, so that no list of processes shows it. */
export function pushWithDocker(region: string, signal: AbortSignal): PushImage {
  return async ({ repository, tag }) => {
    const { authorizationData } = await new ECRClient({ region, ...CALL_LIMITS }).send(
      new GetAuthorizationTokenCommand({}),
    );
    const token = authorizationData?.[0]?.authorizationToken ?? "";
    const [username = "", password = ""] = Buffer.from(token, "base64").toString().split(":");
    const registry = repository.split("/")[0]!;
    await run("docker", ["login", "--username", username, "--password-stdin", registry], signal, { input: password });
    // With the tag in it, two releases differ in their bytes.
    const built = ["build", "--platform", PLATFORM, "--label", `release=${tag}`, "--tag", `${repository}:${tag}`];
    await run("docker", [...built, join(PACKAGE_DIRECTORY, "services", SERVICE)], signal);
    await run("docker", ["push", `${repository}:${tag}`], signal);
  };
}

/** Pushes with a shell's command, which gets SERVICE, TAG and REPOSITORY as variables. */
export function pushWithCommand(command: string, signal: AbortSignal): PushImage {
  return ({ repository, tag }) =>
    run("sh", ["-c", command], signal, { env: { SERVICE, TAG: tag, REPOSITORY: repository } });
}

async function run(
  file: string,
  args: readonly string[],
  cancelSignal: AbortSignal,
  more: { input?: string; env?: Record<string, string> } = {},
): Promise<void> {
  const { failed, all } = await execa(file, args, {
    ...{ cwd: PROJECT_DIRECTORY, all: true, reject: false, cancelSignal },
    ...(more.input === undefined ? { stdin: "ignore" } : { input: more.input }),
    ...(more.env ? { env: more.env } : {}),
  });
  cancelSignal.throwIfAborted();
  if (failed)
    throw new StepFailed(
      `the image could not be pushed by ${file} ${args[0]}`,
      (all ?? "").split("\n").slice(-SHOWN_LINES).join("\n"),
    );
}
