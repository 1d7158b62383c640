import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import pc from "picocolors";
import { OutputFile } from "../../automation/core/output-file";
import { printableOn } from "../../automation/core/printable";
import { EXIT_FAILED, endWith } from "../../automation/core/process/command-end";
import { stoppable } from "../../automation/core/process/stoppable";
import { showsColours } from "../../automation/output/colours";
import { markdownText } from "../../automation/output/markdown";
import { countOf } from "../../components/core/count-of";
import { UserError } from "../../components/core/user-error";
import { settingsSource } from "../cloud/settings-source";
import { lineOf } from "./findings";
import { ProofServer } from "./proof-server";
import { type Proof, prove } from "./prove";
import { ReleaseFails } from "./release-fails";
import {
  changedServices,
  hasRequests,
  hasService,
  type ResolvedRelease,
  rehearsalsOwnRequests,
  resolveRelease,
  WORKING_TREE,
} from "./resolve-release";
import type { Which } from "./states";

interface Options {
  base?: string;
  head: string;
  stack?: string;
  json: boolean;
  markdown?: string;
}

/** What is proven of a service. */
interface ServiceProof extends Proof {
  service: string;
  old: ReleaseName;
  new: ReleaseName;
}
interface ReleaseName {
  name: string;
  /** Null for the working tree. */
  commit: string | null;
}

const program = new Command("aoshingo prove")
  .description(
    "Prove that two releases of a service get along on one database, in each state of a deploy and its way back",
  )
  .argument(
    "[releases...]",
    "a release and its successor, such as users=v1 users=v2: revisions of Git, or . for the working tree",
  )
  .option("--base <revision>", "instead: each service with requests.yaml whose folder differs from this revision")
  .option("--head <revision>", "with --base: the successor", WORKING_TREE)
  .option(
    "--stack <name>",
    "stack whose settings have the services' migrate commands (default: rehearsal, or the only one, or prod)",
  )
  .option("--json", "print the result as JSON", false)
  .option("--markdown <file>", "write the verdict as Markdown, for the comment on a pull request")
  .showSuggestionAfterError()
  .addHelpText(
    "after",
    `
Examples:
  npx aoshingo prove users=HEAD users=.
  npx aoshingo prove users=v1 users=v2 --json
  npx aoshingo prove --base origin/main

Exit codes: 0 proven, 1 something breaks, 2 wrong use or settings`,
  )
  .exitOverride();

/** `npx aoshingo prove` */
async function main(signal: AbortSignal): Promise<number> {
  program.parse();
  const options = program.opts<Options>();
  const file = new OutputFile("--markdown", options.markdown);
  const { stack } = settingsSource(options.stack);
  const { pairs, notes } =
    options.base === undefined ? { pairs: [pairOf(program.args)], notes: [] } : await changedPairs(options);
  const scratch = mkdtempSync(join(tmpdir(), "aoshingo-prove-"));
  const proofs: ServiceProof[] = [];
  try {
    for (const pair of pairs) {
      const proof = await proveService(pair, stack, scratch, signal);
      // What a command that was stopped seems to show is nothing.
      signal.throwIfAborted();
      proofs.push(proof);
    }
  } catch (error) {
    const left = pairs.slice(proofs.length).map(({ service }) => service);
    // Without this line the comment would look like that of a change without services.
    const why = `${left.join(", ")}: not proven, ${(error as Error).message}`;
    await file.writeFailure(markdownOf(proofs, [...notes, why]));
    throw error;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  if (options.json)
    console.log(JSON.stringify({ version: 1, proven: proofs.every(isProven), services: proofs, notes }));
  else
    console.log(
      printableOn(process.stdout, [...proofs.flatMap(linesOf), ...notes].join("\n") || "No service changed."),
    );
  await file.write(markdownOf(proofs, notes));
  return proofs.every(isProven) ? 0 : EXIT_FAILED;
}

interface Pair {
  service: string;
  old: string;
  new: string;
}

function pairOf(releases: readonly string[]): Pair {
  const wanted = "wanted a release and its successor, such as users=v1 users=v2";
  if (releases.length !== 2) throw new UserError(`given ${releases.length} releases, ${wanted}`);
  const [old, next] = releases.map((text) => {
    const [, service, revision] = /^([a-z][a-z0-9-]*)=(.+)$/.exec(text) ?? [];
    if (service === undefined || revision === undefined)
      throw new UserError(`"${text}" is not SERVICE=REVISION: ${wanted}`);
    return { service, revision };
  });
  if (old!.service !== next!.service)
    throw new UserError(`given releases of ${old!.service} and ${next!.service}, ${wanted}: both of one service`);
  return { service: old!.service, old: old!.revision, new: next!.revision };
}

async function changedPairs({ base = "", head }: Options): Promise<{ pairs: Pair[]; notes: string[] }> {
  if (program.args.length > 0) throw new UserError(`given --base and ${program.args.join(" ")}, wanted one of them`);
  const pairs: Pair[] = [];
  const notes: string[] = [];
  for (const service of await changedServices(base, head)) {
    if (!(await hasService(service, head))) notes.push(`${service}: not proven, it is removed`);
    else if (!(await hasService(service, base))) notes.push(`${service}: not proven, it is new`);
    else if (!(await hasRequests(service, head))) notes.push(`${service}: not proven, it has no requests.yaml`);
    else pairs.push({ service, old: base, new: head });
  }
  return { pairs, notes };
}

async function proveService(pair: Pair, stack: string, scratch: string, signal: AbortSignal): Promise<ServiceProof> {
  const { service } = pair;
  const old = await resolveRelease(service, pair.old, stack, join(scratch, service, "old"));
  const next = await resolveRelease(service, pair.new, stack, join(scratch, service, "new"));
  const own = rehearsalsOwnRequests(service, next.release.health);
  const requests = { old: old.requests ?? next.requests ?? own, new: next.requests ?? old.requests ?? own };
  const server = await ProofServer.start(join(scratch, service, "postgres"));
  try {
    const releases = { old: old.release, new: next.release };
    const borrower = borrowerOf(old, next);
    const proof = await prove({ releases, requests, borrower, data: old.data ?? next.data ?? "" }, server, signal);
    if (requests.new === own)
      proof.notes.push(`services/${service} has no requests.yaml: the rehearsal's own requests were sent`);
    return { service, old: nameOf(old), new: nameOf(next), ...proof };
  } catch (error) {
    throw error instanceof ReleaseFails
      ? new UserError(`${service}=${pair[error.which]} alone: ${error.message}`)
      : error;
  } finally {
    await server.stop();
  }
}

function borrowerOf(old: ResolvedRelease, next: ResolvedRelease): Which | undefined {
  if (!old.requests === !next.requests) return undefined;
  return old.requests ? "new" : "old";
}

const nameOf = ({ release, commit }: ResolvedRelease): ReleaseName => ({ name: release.name, commit: commit ?? null });
const isProven = ({ findings }: ServiceProof) => findings.length === 0;
const called = ({ name, commit }: ReleaseName) => (commit === null || commit === name ? name : `${name} (${commit})`);

function linesOf(proof: ServiceProof): string[] {
  const paint = pc.createColors(showsColours(process.stdout));
  const { service, findings, notes, compared, seconds } = proof;
  const what = `${service} ${called(proof.old)} → ${called(proof.new)}`;
  const head = isProven(proof)
    ? paint.green(`✔ ${what}: nothing breaks`) + paint.dim(` (${countOf(compared, "answer")} compared, ${seconds} s)`)
    : paint.red(`✘ ${what}: ${countOf(findings.length, "thing")} ${findings.length === 1 ? "breaks" : "break"}`) +
      paint.dim(` (${seconds} s)`);
  return [
    head,
    ...findings.map((finding) => `    ${lineOf(finding)}`),
    ...notes.map((note) => paint.dim(`    note: ${note}`)),
  ];
}

/** One line for each service, and one for each finding. */
function markdownOf(proofs: readonly ServiceProof[], notes: readonly string[]): string {
  if (proofs.length + notes.length === 0) return "";
  const lines = proofs.flatMap((proof) => [
    isProven(proof)
      ? `- ✔ \`${proof.service}\`: the releases before and after this change get along, in each state of a deploy and its way back`
      : `- ✘ \`${proof.service}\`: the releases before and after this change do not get along:`,
    ...proof.findings.map((finding) => `  - \`${lineOf(finding).replaceAll("`", "'")}\``),
  ]);
  return `\n**Mixed versions**\n\n${[...lines, ...notes.map((note) => `- ${markdownText(note)}`)].join("\n")}\n`;
}

void endWith(() => stoppable(main));
