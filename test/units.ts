import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const FOLDERS = ["test", "services"];

/** Files that use the cloud of this module run in one process, or in more of them with about so many files each. */
const SHARED_STACK = /from "\.{1,2}\/shared-stack"/;
const FILES_ON_A_STACK = 7;

/**
 * What takes two minutes or more each: `make test ALL=1` runs it, each night and before a release (docs/decisions/long-tests.md).
 * The longest are first.
 */
export const NIGHTLY: readonly string[] = [
  "test/rehearsal/startup.test.ts",
  "test/rehearsal/keep-warm.test.ts",
  "test/rehearsal/broken-program.test.ts",
  "test/rehearsal/databases.test.ts",
  "test/rehearsal/fault-matrix/main.test.ts",
  "test/workflows/rehearsed.test.ts",
  "test/packaging/upgrade.test.ts",
  "test/rehearsal/sidecars.test.ts",
  "test/rehearsal/preview.test.ts",
  "test/rehearsal/own-program.test.ts",
  "test/rehearsal/health-path.test.ts",
];

/** What takes about a minute each: `make test LONG=1` runs it, on each pull request. The longest are first. */
export const LONG: readonly string[] = [
  "test/rehearsal/rehearse.test.ts",
  "test/rehearsal/gate.test.ts",
  "test/rehearsal/store-and-roles.test.ts",
  "test/packaging/package.test.ts",
  "test/rehearsal/existing-network.test.ts",
  "test/rehearsal/jobs.test.ts",
  "test/automation/stack/recovery/failed-update.test.ts",
  "test/automation/stack/recovery/crash.test.ts",
  "test/rehearsal/scheduled-size.test.ts",
  "test/rehearsal/faults.test.ts",
  "test/components/comings-and-goings.test.ts",
  "test/rehearsal/first-contact.test.ts",
  "test/rehearsal/probes.test.ts",
  "test/rehearsal/protocols.test.ts",
  "test/rehearsal/plain-pulumi.test.ts",
  "test/automation/stack/registered-resources.test.ts",
  "test/automation/stack/recovery/recover.test.ts",
  "test/automation/stack/in-place-ups.test.ts",
  "test/rehearsal/exec.test.ts",
  "test/rehearsal/stopped-rehearsal.test.ts",
  "test/rehearsal/signals.test.ts",
  "test/prove/museum/museum.test.ts",
  "test/rehearsal/scaling.test.ts",
  "test/automation/stack/rejected-outputs.test.ts",
  "test/components/service/host-records.test.ts",
  "test/automation/add/new-folder.test.ts",
  "test/rehearsal/prove/main.test.ts",
];

/** What takes longest starts first, so that nothing long is left when all else has ended. */
const LONGEST = [
  ...NIGHTLY,
  ...LONG,
  "test/rehearsal/language-host/language-host.test.ts",
  "test/rehearsal/report/browser.test.ts",
  "test/rehearsal/deploy-page.test.ts",
  "test/components/engine.test.ts",
];

/** Tests that start a rehearsal cloud, the Pulumi engine, a browser or other servers: all that `--unit` leaves out. */
const ENGINE = [
  ...LONGEST,
  "test/automation/page/deploy/browser.test.ts",
  "test/automation/store/s3/backend.test.ts",
  "test/policy/program.test.ts",
  "test/rehearsal/bad-input.test.ts",
  "test/rehearsal/chaos/end-state.test.ts",
  "test/rehearsal/images/languages.test.ts",
  "test/rehearsal/live-page/live-rehearsal.test.ts",
  "test/rehearsal/lost-cloud.test.ts",
  "test/rehearsal/push.test.ts",
];

/** The tests that need none of all that are divided into so many processes. Many of them wait, so that few would leave processors idle. */
const UNIT_PROCESSES = 6;

/** Files that run in one process, one after the other. */
export type Unit = readonly string[];

/** Returns every test file below the working directory, by its path from there, sorted. */
export function testFiles(): string[] {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => join(folder, file)),
  );
  return files.filter((file) => file.endsWith(".test.ts") && !file.includes("node_modules")).sort();
}

/** Whether a file needs a cloud, the engine, a browser or another server. */
export function isEngineTest(file: string): boolean {
  return ENGINE.includes(file);
}

/**
 * Divides test files into units, in the order in which they should start. Each engine test is a unit by itself, except
 * for those that share a cloud. Tests without an engine come after the longest ones, and the short ones with an engine last: so few
 * processors wait for the last test.
 * @param read returns a file's text
 */
export function unitsOf(files: readonly string[], read = (file: string) => readFileSync(file, "utf8")): Unit[] {
  const engine = files.filter(isEngineTest).sort(longestFirst);
  const sharing = engine.filter((file) => SHARED_STACK.test(read(file)));
  const alone = engine.filter((file) => !sharing.includes(file)).map((file) => [file]);
  const others = files.filter((file) => !isEngineTest(file));
  const units = [...alone, ...dealt(sharing, Math.ceil(sharing.length / FILES_ON_A_STACK))].sort(([one], [another]) =>
    longestFirst(one!, another!),
  );
  const isLong = ([file]: Unit) => rank(file!) < LONGEST.length;
  return [...units.filter(isLong), ...dealt(others, UNIT_PROCESSES), ...units.filter((unit) => !isLong(unit))];
}

const longestFirst = (one: string, another: string) => rank(one) - rank(another);

function rank(file: string): number {
  const index = LONGEST.indexOf(file);
  return index < 0 ? LONGEST.length : index;
}

/** Deals files out like cards, so that neighbours, which often take alike, are in different units. */
function dealt(files: readonly string[], count: number): Unit[] {
  const units = Array.from({ length: count }, (_, unit) => files.filter((_file, index) => index % count === unit));
  return units.filter((unit) => unit.length > 0);
}
