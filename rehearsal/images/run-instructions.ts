import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { PROJECT_DIRECTORY } from "../../automation/core/project-directory";
import { UserError } from "../../components/core/user-error";

const FILE = "rehearsal.yaml";

const KEYS = "command, build, workingDirectory or docker";
const COMMAND = "a program and its arguments, such as [python3, main.py]";
const DIRECTORY = "a folder inside the service's, such as src";
const IMAGE = "an image that this machine's Docker has, such as mailer:latest";

const words = z.array(z.string({ error: COMMAND }), { error: COMMAND }).min(1, COMMAND);

const Schema = z.strictObject(
  {
    /** The command, which runs without a shell. With `docker` it replaces the image's own command. */
    command: words.optional(),
    /** Runs once for each state of the service's files, in a copy of them, like RUN in a Dockerfile. */
    build: words.optional(),
    /** The folder in which both run: below the service's folder or, with `docker`, in the container. */
    workingDirectory: z.string({ error: DIRECTORY }).min(1, DIRECTORY).optional(),
    /** The image that Docker runs instead of a process. */
    docker: z
      .string({ error: IMAGE })
      .regex(/^[a-z0-9][\w./:@-]*$/, IMAGE)
      .optional(),
  },
  { error: (issue) => (issue.code === "unrecognized_keys" ? KEYS : `a map of ${KEYS}`) },
);

/** How the rehearsal runs a service (`services/<name>/rehearsal.yaml`). */
export type RunInstructions = z.output<typeof Schema>;

/**
 * Reads a folder's `rehearsal.yaml`; undefined if it has none.
 * @throws UserError with one line for each problem in it
 */
export async function readRunInstructions(folder: string): Promise<RunInstructions | undefined> {
  const path = join(folder, FILE);
  if (!existsSync(path)) return undefined;
  const name = relative(PROJECT_DIRECTORY, path);
  const parsed = Schema.safeParse(parseYaml(await readFile(path, "utf8"), name));
  const problems = parsed.error?.issues.map(problemOf) ?? problemsBetween(parsed.data!, folder);
  if (problems.length > 0) throw new UserError(problems.map((line) => `${name}: ${line}`).join("\n"));
  return parsed.data;
}

function problemOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys") return `unknown key ${issue.keys.join(", ")}, wanted ${issue.message}`;
  const [key] = issue.path;
  return key === undefined ? `wanted ${issue.message}` : `${String(key)}: wanted ${issue.message}`;
}

function problemsBetween({ command, build, docker, workingDirectory }: RunInstructions, folder: string): string[] {
  if (docker !== undefined) {
    return [
      ...(build === undefined ? [] : ["build: not together with docker: its image is built already"]),
      ...(workingDirectory?.startsWith("/") === false ? ["workingDirectory: wanted a path in the container"] : []),
    ];
  }
  if (command === undefined) return [`command: wanted ${COMMAND}, or docker: wanted ${IMAGE}`];
  if (workingDirectory === undefined) return [];
  const isInside = !relative(folder, join(folder, workingDirectory)).startsWith("..") && workingDirectory[0] !== "/";
  return isInside && (build !== undefined || existsSync(join(folder, workingDirectory)))
    ? []
    : [`workingDirectory: given ${workingDirectory}, wanted ${DIRECTORY}`];
}

function parseYaml(text: string, name: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new UserError(`${name}: not YAML: ${(error as Error).message.split("\n")[0]}`);
  }
}
