/** What the changelog takes of a commit. */
export interface Commit {
  readonly hash: string;
  /** Its first line: imperative, without a prefix. */
  readonly subject: string;
  /** Paths of the files that it changes. */
  readonly files: readonly string[];
  /** Trailers `Breaking-Change: …`: what users have to do. */
  readonly breaking: readonly string[];
}

/** Headings by the folder in which a commit changes most, in their order. Commits that change only other folders are of no use to users. */
const HEADINGS: readonly (readonly [heading: string, paths: RegExp])[] = [
  ["Deploys and commands", /^(?:automation|bin)\//],
  ["Infrastructure", /^(?:components|policy)\/|^index\.ts$/],
  ["Rehearsal", /^rehearsal\//],
  ["Templates and workflows", /^(?:templates|services)\/|^\.github\/workflows\//],
  ["Documents", /^docs\/|\.md$/],
];
const BREAKING = "What you have to change";
const FIRST_SECTION = /^## /m;

/** The section of a version, as a draft for a person: breaking changes first, then the commits by what they change. */
export function sectionOf(version: string, date: string, commits: readonly Commit[]): string {
  const breaking = commits.flatMap((commit) => commit.breaking.map((text) => `- ${text} (${commit.hash})`));
  const groups = HEADINGS.map(([heading]): [string, string[]] => [
    heading,
    commits.filter((commit) => headingOf(commit) === heading).map(({ subject, hash }) => `- ${subject} (${hash})`),
  ]);
  const parts = [[BREAKING, breaking] as [string, string[]], ...groups].filter(([, lines]) => lines.length > 0);
  return [`## ${version} (${date})`, ...parts.map(([heading, lines]) => `### ${heading}\n\n${lines.join("\n")}`)].join(
    "\n\n",
  );
}

/**
 * Puts a section above the others.
 * @throws Error if the changelog has one of the version already
 */
export function withSection(changelog: string, version: string, section: string): string {
  if (textOf(changelog, version) !== null) throw new Error(`CHANGELOG.md has a section ${version} already`);
  const place = changelog.search(FIRST_SECTION);
  if (place < 0) return `${changelog.trimEnd()}\n\n${section}\n`;
  return `${changelog.slice(0, place)}${section}\n\n${changelog.slice(place)}`;
}

/** What the changelog says of a version, without the heading; null if it has no section of it. */
export function textOf(changelog: string, version: string): string | null {
  const sections = changelog.split(/^(?=## )/m);
  const found = sections.find((section) => isHeadingOf(version, section));
  return found === undefined ? null : found.slice(found.indexOf("\n")).trim();
}

function isHeadingOf(version: string, text: string): boolean {
  const [heading = ""] = text.split("\n");
  return heading === `## ${version}` || heading.startsWith(`## ${version} `);
}

/**
 * What keeps a tag from being released, one line each.
 * @param tag such as `v0.2.0`
 * @param version of package.json
 */
export function releaseProblems(tag: string, version: string, lockVersion: string, changelog: string): string[] {
  return [
    ...(tag === `v${version}` ? [] : [`tag ${tag}: package.json has version ${version}, wanted the tag v${version}`]),
    ...(lockVersion === version
      ? []
      : [`package-lock.json: given version ${lockVersion}, wanted ${version}: npm install writes it`]),
    ...changelogProblems(version, changelog),
  ];
}

function changelogProblems(version: string, changelog: string): string[] {
  if (!textOf(changelog, version))
    return [`CHANGELOG.md: no section "## ${version}": npm run release -- changelog ${version} writes a draft`];
  const [heading = ""] = changelog.split("\n").filter((line) => isHeadingOf(version, line));
  return /\(\d{4}-\d{2}-\d{2}\)$/.test(heading)
    ? []
    : [`CHANGELOG.md: given "${heading}", wanted the day of the release, such as "## ${version} (2026-12-01)"`];
}

function headingOf({ files }: Commit): string | undefined {
  const counts = HEADINGS.map(([heading, paths]) => ({
    heading,
    count: files.filter((file) => paths.test(file)).length,
  }));
  const code = counts.filter(({ heading, count }) => heading !== "Documents" && count > 0);
  const most = Math.max(...code.map(({ count }) => count));
  return (code.find(({ count }) => count === most) ?? counts.find(({ count }) => count > 0))?.heading;
}
