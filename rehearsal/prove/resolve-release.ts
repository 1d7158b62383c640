import { existsSync } from "node:fs";
import { mkdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { parse } from "yaml";
import { PROJECT_DIRECTORY } from "../../automation/core/project-directory";
import { UserError } from "../../components/core/user-error";
import { buildImage, serviceFolder } from "../images/build-image";
import { firstLine } from "../images/said";
import { CORE, isSample } from "../traffic/streams";
import type { Release } from "./release-process";
import { REQUESTS_FILE, type Requests, readRequests } from "./requests";

/** The files as they are now, committed or not. */
export const WORKING_TREE = ".";

/** A service at one state of its code, built. */
export interface ResolvedRelease {
  release: Release;
  /** Undefined if it has no requests of its own. */
  requests: Requests | undefined;
  /** SQL of `data`; undefined if it has none. */
  data: string | undefined;
  /** Abbreviated commit; undefined for the working tree. */
  commit: string | undefined;
}

interface ServiceSettings {
  migrate?: string;
  healthCheck?: { path?: string };
  env?: Record<string, string>;
}

/**
 * Builds the release of a service at a revision of Git, as an image of a rehearsal is built.
 * @param revision a commit, tag or branch, or `.` for the working tree
 * @param scratch a folder for its files, that the caller removes
 * @throws UserError if there is no such revision, or it has no such service, or it cannot be built
 */
export async function resolveRelease(
  service: string,
  revision: string,
  stack: string,
  scratch: string,
): Promise<ResolvedRelease> {
  const isTree = revision === WORKING_TREE;
  const commit = isTree ? undefined : await commitAt(service, revision);
  const folder = isTree ? serviceFolder(service) : await checkOut(service, revision, scratch);
  if (!existsSync(folder)) throw noService(service, revision);
  const settings = await settingsAt(service, revision, stack);
  const { docker, config } = await buildImage(folder, [`IMAGE_TAG=${revision}`]);
  if (docker)
    throw new UserError(
      `services/${service}/rehearsal.yaml: given docker, wanted command: prove starts the processes of a revision, not an image`,
    );
  const name = isTree ? "working-tree" : revision;
  const requests = await readRequests(folder, `services/${service} at ${name}`);
  const data = requests?.data === undefined ? undefined : await readData(folder, service, requests.data);
  const { migrate, healthCheck, env } = settings;
  const release: Release = {
    name,
    command: config.Cmd,
    directory: config.WorkingDir,
    environment: { ...Object.fromEntries(config.Env.map(splitVariable)), ...env, ...requests?.env },
    migrate,
    health: requests?.health ?? healthCheck?.path ?? (settings === NO_SETTINGS ? undefined : "/healthz"),
  };
  return { release, requests, data, commit };
}

/** Returns what a rehearsal sends to a service that has no requests of its own. */
export function rehearsalsOwnRequests(service: string, health: string | undefined): Requests {
  const steps =
    service === CORE && isSample(service)
      ? [{ request: "POST /users", body: { name: "user {n}" }, keep: { id: "id" } }, { request: "GET /users/{id}" }]
      : [{ request: `GET ${health ?? "/"}` }];
  return { small: [], env: {}, scenarios: { "the rehearsal's own": steps } };
}

/**
 * Returns the services whose folders differ between two revisions. In the working tree, files that Git does not know yet
 * count, too, unless it ignores them.
 * @throws UserError if there is no such revision
 */
export async function changedServices(base: string, head: string): Promise<string[]> {
  const isTree = head === WORKING_TREE;
  const range = isTree ? [base] : [base, head];
  // A file that moved from one service to another has changed both.
  const difference = await git("diff", "--name-only", "--no-renames", "--relative", "-z", ...range, "--", "services");
  if (difference.failed)
    throw new UserError(
      `--base ${base}: wanted a commit, tag or branch of this repository (${firstLine(difference.stderr)})`,
    );
  const others = isTree ? (await git("ls-files", "--others", "--exclude-standard", "-z", "--", "services")).stdout : "";
  const paths = `${difference.stdout}\0${others}`.split("\0");
  return [...new Set(paths.flatMap((path) => /^services\/([^/]+)\//.exec(path)?.[1] ?? []))].sort();
}

/** Returns whether a service has a folder at a revision. */
export async function hasService(service: string, revision: string): Promise<boolean> {
  if (revision === WORKING_TREE) return existsSync(serviceFolder(service));
  return !(await git("cat-file", "-e", at(revision, `services/${service}`))).failed;
}

/** Returns whether a service has requests of its own at a revision. */
export async function hasRequests(service: string, revision: string): Promise<boolean> {
  if (revision === WORKING_TREE) return existsSync(join(serviceFolder(service), REQUESTS_FILE));
  return !(await git("cat-file", "-e", at(revision, `services/${service}/${REQUESTS_FILE}`))).failed;
}

async function commitAt(service: string, revision: string): Promise<string> {
  const { failed, stdout } = await git("rev-parse", "--verify", "--short", `${revision}^{commit}`);
  if (failed)
    throw new UserError(
      `${service}=${revision}: there is no revision ${revision}; wanted a commit, tag or branch, such as HEAD~1, or . for the working tree`,
    );
  if (!(await hasService(service, revision))) throw noService(service, revision);
  return stdout.trim();
}

/** Writes the service's folder of a revision, with the packages of the working tree or, if it locks others, its own. */
async function checkOut(service: string, revision: string, scratch: string): Promise<string> {
  await mkdir(scratch, { recursive: true });
  const archive = await execa("git", ["archive", "--format=tar", revision, `services/${service}`], {
    cwd: PROJECT_DIRECTORY,
    encoding: "buffer",
  });
  await execa("tar", ["-x", "-C", scratch], { input: archive.stdout });
  const folder = join(scratch, "services", service);
  const installed = join(serviceFolder(service), "node_modules");
  if (await hasSameLock(folder, serviceFolder(service))) {
    if (existsSync(installed)) await symlink(installed, join(folder, "node_modules"));
  } else {
    const install = await execa("npm", ["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"], {
      cwd: folder,
      reject: false,
    });
    if (install.failed)
      throw new UserError(`services/${service} at ${revision}: npm ci failed: ${firstLine(install.stderr)}`);
  }
  return folder;
}

async function hasSameLock(folder: string, other: string): Promise<boolean> {
  const [one, two] = await Promise.all(
    [folder, other].map((place) => readFile(join(place, "package-lock.json"), "utf8").catch(() => "")),
  );
  return one === two || one === "";
}

const NO_SETTINGS: ServiceSettings = {};

/** The settings of a revision may not be what today's schema wants, so nothing else of them is read. */
async function settingsAt(service: string, revision: string, stack: string): Promise<ServiceSettings> {
  const file = `Pulumi.${stack}.yaml`;
  const text =
    revision === WORKING_TREE
      ? await readFile(join(PROJECT_DIRECTORY, file), "utf8").catch(() => "")
      : (await git("show", at(revision, file))).stdout;
  const { config } = (parse(text) ?? {}) as { config?: Record<string, Record<string, ServiceSettings>> };
  return config?.["aoshingo:services"]?.[service] ?? NO_SETTINGS;
}

async function readData(folder: string, service: string, file: string): Promise<string> {
  const path = join(folder, file);
  if (!existsSync(path))
    throw new UserError(
      `services/${service}/${REQUESTS_FILE}: data: there is no ${file} beside it; wanted the name of a file with SQL`,
    );
  return readFile(path, "utf8");
}

function noService(service: string, revision: string): UserError {
  const where = revision === WORKING_TREE ? "in the working tree" : `at ${revision}`;
  return new UserError(`${service}=${revision}: there is no services/${service} ${where}`);
}

function splitVariable(text: string): [string, string] {
  const at = text.indexOf("=");
  return [text.slice(0, at), text.slice(at + 1)];
}

/** How Git calls a file of the project at a revision. Without `./` it would look from the repository's root. */
const at = (revision: string, path: string) => `${revision}:./${path}`;

const git = (...args: string[]) => execa("git", args, { cwd: PROJECT_DIRECTORY, reject: false });
