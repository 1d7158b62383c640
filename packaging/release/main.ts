import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { execa } from "execa";
import { endWith } from "../../automation/core/process/command-end";
import { REHEARSAL_PACKAGES } from "../../automation/core/rehearsal-packages";
import { UserError } from "../../components/core/user-error";
import { type LockFile, type PackageJson, subsetOf } from "../lock-file";
import { type Commit, releaseProblems, sectionOf, textOf, withSection } from "./changelog";
import { licenceList, licenceProblems, licensedPackages } from "./licences";

/*
 * What a release of the project itself needs (docs/releasing.md). The workflow `release` runs it, too.
 */

const ROOT = join(__dirname, "../..");
const CHANGELOG = "CHANGELOG.md";
/** Stands between commits, and between the parts of one. */
const RECORD = "\x1e";
const FIELD = "\x1f";

const program = new Command("npm run release")
  .description("Parts of a release of the project itself")
  .addCommand(
    new Command("licences")
      .description("List the licences of all packages that users get; fail if one is not allowed")
      .action(licences),
  )
  .addCommand(
    new Command("sbom")
      .description("Print a bill of materials of all packages that users get, as CycloneDX")
      .action(sbom),
  )
  .addCommand(
    new Command("changelog")
      .description("Write a draft of a version's section into CHANGELOG.md, from the commits since the last tag")
      .argument("<version>", "such as 0.2.0")
      .action(changelog),
  )
  .addCommand(
    new Command("check")
      .description("Check that package.json, the lock file and the changelog fit a tag")
      .argument("<tag>", "such as v0.2.0")
      .action(check),
  )
  .addCommand(
    new Command("notes")
      .description("Print what the changelog says of a version")
      .argument("<version>", "such as 0.2.0")
      .action(notes),
  )
  .addHelpText(
    "after",
    "\nExample:\n  npm run release -- changelog 0.2.0\n\nExit codes: 0 done, 1 a check failed, 2 wrong use",
  );
for (const command of [program, ...program.commands]) command.exitOverride().showSuggestionAfterError();

function licences(): void {
  const packages = licensedPackages(whatUsersGet().lockFile);
  console.log(licenceList(packages));
  fail(licenceProblems(packages));
  console.log(`\n${packages.length} packages, each with a licence that is allowed`);
}

/**
 * `npm sbom --omit=dev` leaves out what a development package needs as well (npm/cli issue 7909), so npm gets a project
 * without those.
 */
async function sbom(): Promise<void> {
  const temporary = mkdtempSync(join(tmpdir(), "aoshingo-sbom-"));
  // npm names the whole by the folder.
  const folder = join(temporary, "aoshingo");
  mkdirSync(folder);
  try {
    const { packageJson, lockFile } = whatUsersGet();
    const { name, version, license } = readJson<PackageJson & { license: string }>("package.json");
    const root = { ...packageJson, name, version, license };
    const locked = { ...lockFile, name, packages: { ...lockFile.packages, "": root } };
    writeFileSync(join(folder, "package.json"), JSON.stringify(root));
    writeFileSync(join(folder, "package-lock.json"), JSON.stringify(locked));
    const args = ["sbom", "--package-lock-only", "--sbom-format=cyclonedx"];
    console.log((await execa("npm", args, { cwd: folder })).stdout);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** The packages of production, and those that an installed package fetches for rehearsals, with all that they need. */
function whatUsersGet(): ReturnType<typeof subsetOf> {
  const project = readJson<PackageJson>("package.json");
  const names = [...Object.keys(project.dependencies ?? {}), ...REHEARSAL_PACKAGES];
  return subsetOf(project, readJson<LockFile>("package-lock.json"), names);
}

async function changelog(version: string): Promise<void> {
  if (!/^\d+\.\d+\.\d+$/.test(version)) throw new UserError(`version ${version}: wanted three numbers, such as 0.2.0`);
  const text = read(CHANGELOG);
  if (textOf(text, version) !== null)
    throw new UserError(`${CHANGELOG} has a section ${version} already: edit it, or remove it first`);
  const last = await git("describe", "--tags", "--abbrev=0", "--match", "v*").catch(() => "");
  const commits = await commitsIn(last === "" ? "HEAD" : `${last}..HEAD`);
  const today = new Date().toISOString().slice(0, 10);
  writeFileSync(join(ROOT, CHANGELOG), withSection(text, version, sectionOf(version, today, commits)));
  console.log(
    `${CHANGELOG}: a draft from ${commits.length} commits since ${last || "the first one"}. Edit it: say what users notice, and leave out the rest`,
  );
}

function check(tag: string): void {
  const { version } = readJson<PackageJson>("package.json");
  const lock = readJson<{ version: string }>("package-lock.json");
  fail(releaseProblems(tag, version, lock.version, read(CHANGELOG)));
  console.log(`${tag} can be released`);
}

function notes(version: string): void {
  const text = textOf(read(CHANGELOG), version);
  if (text === null) throw new UserError(`${CHANGELOG} has no section ${version}`, { exitCode: 1 });
  console.log(text);
}

/** The oldest first. */
async function commitsIn(range: string): Promise<Commit[]> {
  const form = `${RECORD}%h${FIELD}%s${FIELD}%(trailers:key=Breaking-Change,valueonly,unfold,separator=%x0a)${FIELD}`;
  const log = await git("log", "--reverse", "--no-merges", "--name-only", `--format=${form}`, range);
  return log.split(RECORD).flatMap((record) => {
    const [hash, subject, breaking = "", files = ""] = record.split(FIELD);
    if (!hash || !subject) return [];
    return [{ hash, subject, breaking: lines(breaking), files: lines(files) }];
  });
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

async function git(...args: string[]): Promise<string> {
  return (await execa("git", args, { cwd: ROOT })).stdout;
}

function read(name: string): string {
  return readFileSync(join(ROOT, name), "utf8");
}

function readJson<Content>(name: string): Content {
  return JSON.parse(read(name)) as Content;
}

function fail(problems: readonly string[]): void {
  if (problems.length > 0) throw new UserError(problems.join("\n"), { exitCode: 1 });
}

void endWith(() => program.parseAsync());
