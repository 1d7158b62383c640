/** What is used of a package.json. */
export interface PackageJson {
  name: string;
  version: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

interface LockedPackage {
  version?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
  dev?: boolean;
}

/** What is used of a package-lock.json: packages by their path, such as `node_modules/a/node_modules/b`. */
export interface LockFile {
  packages: Record<string, LockedPackage>;
}

/**
 * Returns a package.json of some of a project's packages, and the lock file to it: with the same versions and checksums of
 * them and of all that they need.
 * @throws Error if the project does not have one of them
 */
export function subsetOf(project: PackageJson, lock: LockFile, names: readonly string[]) {
  const versions = { ...project.devDependencies, ...project.dependencies };
  const dependencies = Object.fromEntries(
    names.map((name) => {
      const version = versions[name];
      if (version === undefined) throw new Error(`package.json has no ${name}`);
      return [name, version];
    }),
  );
  const found = new Set<string>();
  const waiting = names.map((name) => resolve(lock, "", name));
  for (let path = waiting.pop(); path !== undefined || waiting.length > 0; path = waiting.pop()) {
    if (path === undefined || found.has(path)) continue;
    found.add(path);
    waiting.push(...needsOf(lock.packages[path]!).map((name) => resolve(lock, path!, name)));
  }
  const own = { name: `${project.name}-rehearsal`, version: project.version, private: true, dependencies };
  const packages = Object.fromEntries(
    [...found].sort().map((path) => {
      const { dev: _, ...entry } = lock.packages[path]!;
      return [path, entry];
    }),
  );
  return {
    packageJson: own,
    lockFile: {
      name: own.name,
      version: own.version,
      lockfileVersion: 3,
      requires: true,
      packages: { "": own, ...packages },
    },
  };
}

function needsOf({
  dependencies,
  optionalDependencies,
  peerDependencies,
  peerDependenciesMeta,
}: LockedPackage): string[] {
  const peers = Object.keys(peerDependencies ?? {}).filter((name) => !peerDependenciesMeta?.[name]?.optional);
  return [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers];
}

/** Path of the package that Node finds from another one; undefined for an optional one that is not there. */
function resolve({ packages }: LockFile, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.replace(/(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/]+$/, "")) {
    const path = `${folder === "" ? "" : `${folder}/`}node_modules/${name}`;
    if (Object.hasOwn(packages, path)) return path;
    if (folder === "") return undefined;
  }
}
