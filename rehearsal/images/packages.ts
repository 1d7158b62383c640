import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, readFile, realpath, stat } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { PROJECT_DIRECTORY } from "../../automation/core/project-directory";
import { UserError } from "../../components/core/user-error";
import { type Manifest, manifestOf } from "./manifest";

const MODULES = "node_modules";

/** A package that an image gets. */
export interface ImagePackage {
  /** Its real folder on this machine. */
  source: string;
  /** Its path in the image's `node_modules`, such as `a` or `a/node_modules/b`. */
  path: string;
}

/**
 * Finds the packages that `npm ci --omit=dev` would install for a service: those that its `package.json` declares, and
 * what they need in turn. They are taken from the service's own `node_modules` or else from the project's, whichever
 * Node would find. A package that nothing declares is not among them, wherever this machine has it.
 * @param mayLack whether a declared package may be missing here, because the service's own build gets it
 * @returns an empty list for a folder without `package.json`
 * @throws UserError if a declared package is not installed
 */
export async function declaredPackages(folder: string, mayLack = false): Promise<ImagePackage[]> {
  if (!existsSync(join(folder, "package.json"))) return [];
  const found = new Map<string, string>();
  const own = await readManifest(folder);
  const missing = await addNeeds(own, { from: folder, under: "" }, folder, found);
  if (missing.length > 0 && !mayLack) {
    const name = relative(PROJECT_DIRECTORY, folder);
    throw new UserError(`${name} needs ${missing.join(", ")}: install with \`npm install --prefix ${name}\``);
  }
  return [...found].map(([path, source]) => ({ path, source })).sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Returns a digest that differs with every version and every change of a package's own folder. */
export async function digestOfPackages(packages: readonly ImagePackage[]): Promise<string> {
  const hash = createHash("sha256");
  for (const { path, source } of packages) {
    const { mtimeMs } = await stat(source);
    hash.update(JSON.stringify([path, source, mtimeMs])).update(await readFile(join(source, "package.json")));
  }
  return hash.digest("hex").slice(0, 12);
}

/** Copies packages, without the packages in their own `node_modules`: those that are needed are in the list. */
export async function copyPackages(packages: readonly ImagePackage[], directory: string): Promise<void> {
  // Outer packages first: an inner one goes into the folder of an outer one.
  for (const { path, source } of packages) {
    const target = join(directory, MODULES, path);
    await mkdir(dirname(target), { recursive: true });
    await cp(source, target, { recursive: true, filter: (from) => from !== join(source, MODULES) });
  }
}

interface Dependant {
  /** Its real folder. */
  from: string;
  /** Its path in the image's `node_modules`; "" for the service itself. */
  under: string;
}

/** Adds what a package needs, and what that needs. @returns the names of needed packages that are not installed */
async function addNeeds(
  { dependencies = {}, optionalDependencies = {}, peerDependencies = {} }: Manifest,
  dependant: Dependant,
  folder: string,
  found: Map<string, string>,
): Promise<string[]> {
  const missing: string[] = [];
  const added: { source: string; path: string }[] = [];
  for (const name of Object.keys({ ...peerDependencies, ...optionalDependencies, ...dependencies })) {
    const source = await installed(name, dependant, folder);
    if (source === undefined) {
      if (name in dependencies && !(name in optionalDependencies)) missing.push(name);
      continue;
    }
    const path = placeOf(name, source, dependant, found);
    if (path === undefined) continue;
    found.set(path, source);
    added.push({ source, path });
  }
  // A package's own needs have their places before those of the packages that it needs.
  for (const { source, path } of added)
    missing.push(...(await addNeeds(await readManifest(source), { from: source, under: path }, folder, found)));
  return missing;
}

/** The real folder of a package as Node finds it from another one's; undefined if it is not installed. */
async function installed(name: string, { from }: Dependant, folder: string): Promise<string | undefined> {
  const places: string[] = [];
  for (let above = from; ; above = dirname(above)) {
    places.push(above);
    if (above === dirname(above)) break;
  }
  // A service may lie outside the project, and a linked package outside both.
  places.push(folder, PROJECT_DIRECTORY);
  const place = places.find((above) => existsSync(join(above, MODULES, name, "package.json")));
  return place === undefined ? undefined : realpath(join(place, MODULES, name));
}

/**
 * The path at which the image gets a package: the outermost that no other version has. Undefined if the package is
 * found from there already.
 */
function placeOf(name: string, source: string, { under }: Dependant, found: Map<string, string>): string | undefined {
  const inner = under === "" ? [] : under.split(`/${MODULES}/`);
  for (let depth = inner.length; depth >= 0; depth -= 1) {
    const path = [...inner.slice(0, depth), name].join(`/${MODULES}/`);
    const taken = found.get(path);
    if (taken === source) return undefined;
    if (taken !== undefined) return [...inner, name].join(`/${MODULES}/`);
  }
  return name;
}

async function readManifest(folder: string): Promise<Manifest> {
  const file = join(folder, "package.json");
  return manifestOf(await readFile(file, "utf8"), relative(PROJECT_DIRECTORY, file));
}
