/** What is used of an entry of package-lock.json. */
interface LockedPackage {
  version?: string;
  license?: string;
}

/** A package that users get, and what it says of its licence. */
interface Licensed {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
}

/**
 * Licences that a package of ours may need: they ask for a notice at most. MPL-2.0 is not among them, because none needs it
 * and it asks for the source of changed files.
 */
const ALLOWED = [
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "ISC",
  "MIT",
  "Python-2.0",
  "Zlib",
];

/** Packages that somebody has looked at, with what they said then: another text has to be looked at again. */
const LOOKED_AT: Readonly<Record<string, { said: string; why: string }>> = {
  "@logdna/tail-file": { said: "SEE LICENSE IN LICENSE", why: "the file LICENSE in it is the MIT licence" },
  "spdx-exceptions": { said: "CC-BY-3.0", why: "a list of names, which is not changed; its author is named in it" },
};

/** The packages of a lock file, by name. */
export function licensedPackages({ packages }: { packages: Readonly<Record<string, LockedPackage>> }): Licensed[] {
  return Object.entries(packages)
    .filter(([path]) => path !== "")
    .map(([path, { version = "?", license = "none" }]) => ({
      name: path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length),
      version,
      licence: license,
    }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** One line for each package whose licence is not allowed. */
export function licenceProblems(packages: readonly Licensed[]): string[] {
  return packages
    .filter(({ name, licence }) => !isAllowed(licence) && LOOKED_AT[name]?.said !== licence)
    .map(
      ({ name, version, licence }) =>
        `${name} ${version}: licence ${licence}, wanted one of ${ALLOWED.join(", ")}; take another package, or look at its licence and say so in packaging/release/licences.ts`,
    );
}

/** The packages under their licences, those with the most packages first; behind what somebody has looked at why it may be. */
export function licenceList(packages: readonly Licensed[]): string {
  const licences = [...new Set(packages.map(({ licence }) => licence))];
  return licences
    .map((licence): [string, readonly Licensed[]] => [licence, packages.filter((each) => each.licence === licence)])
    .sort(([, some], [, others]) => others.length - some.length)
    .map(([licence, those]) => {
      const lines = those.map(({ name, version }) => {
        const why = LOOKED_AT[name]?.why;
        return `  ${name} ${version}${why === undefined ? "" : ` (${why})`}`;
      });
      return [`${licence}: ${those.length}`, ...lines].join("\n");
    })
    .join("\n\n");
}

/** Returns whether a package with this SPDX expression may be used: one licence of a choice (OR) has to be allowed, else each. */
function isAllowed(expression: string): boolean {
  const words = expression.split(/[\s()]+/).filter(Boolean);
  const licences = words.filter((word) => word !== "OR" && word !== "AND");
  const isChoice = words.includes("OR") && !words.includes("AND");
  const test = (licence: string) => ALLOWED.includes(licence);
  return licences.length > 0 && (isChoice ? licences.some(test) : licences.every(test));
}
