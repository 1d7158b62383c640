import { setImmediate } from "node:timers/promises";
import type { PulumiCommand } from "@pulumi/pulumi/automation/cmd";
import { UserError } from "../../components/core/user-error";
import type { StackOutputs } from "../../components/live/outputs";
import { readOutputs } from "../../components/live/stack-state";
import { noInfrastructure } from "../core/no-infrastructure";
import { once } from "../core/once";
import type { DeployStore } from "../ports/store";
import { presentCli } from "../pulumi-cli/present-cli";
import { pulumiJson } from "../stack/pulumi-command";
import { backendUrlOf } from "../stack/recovery/backend-url";
import { outputsInBackend } from "../stack/state-in-backend";
import { isLocal, openStore } from "../store/open-store";
import { late } from "./late";

/**
 * Reads a stack's outputs without the Automation API: from the backend itself, or by one run of the CLI.
 * @returns null while the stack has no infrastructure
 * @throws UserError if the stack does not exist
 */
async function findOutputs(stack: string): Promise<StackOutputs | null> {
  const project = late.project().projectSettings();
  const inState = await outputsInBackend(backendUrlOf(project, process.env), project.name, stack);
  if (inState) return readOutputs(inState);
  const pulumi = presentCli() ?? (await ensureCli());
  return readOutputs(await pulumiJson<Record<string, unknown>>(pulumi, stack, ["stack", "output", "--json"]));
}

/**
 * Like `findOutputs`.
 * @throws UserError also while the stack has no infrastructure
 */
export async function stackOutputs(stack: string): Promise<StackOutputs> {
  const outputs = await findOutputs(stack);
  if (!outputs) throw noInfrastructure(stack);
  return outputs;
}

/** @throws UserError for a service that the stack does not have */
export function serviceIn({ services }: StackOutputs, service: string) {
  if (Object.hasOwn(services, service)) return services[service]!;
  throw new UserError(`unknown service "${service}": the stack has ${Object.keys(services).join(", ") || "none"}`);
}

/** Opens the store of a stack. It reads the outputs only if the stack's own bucket may be the store. */
export async function openStackStore(stack: string, directory: string | undefined): Promise<DeployStore> {
  return openStore(stack, { directory, outputs: isLocal(directory) ? null : await stackOutputs(stack) });
}

/** Returns the Pulumi CLI, fetching it if there is none; progress goes to stderr. */
export async function ensureCli(signal?: AbortSignal): Promise<PulumiCommand> {
  const { ensurePulumiCli } = late.ensurePulumiCli();
  return ensurePulumiCli({ ...(signal && { signal }), onProgress: (line) => void process.stderr.write(`${line}\n`) });
}

/** What a run reads before it begins, and the CLI that it needs then. */
interface StackQueries {
  /** Looks for the CLI when it is first called. */
  pulumi(): Promise<PulumiCommand>;
  /** Read without the lease, so another run may change them later. Null while the stack has no infrastructure. */
  outputs: Promise<StackOutputs | null>;
}

const queries = new Map<string, StackQueries>();

/**
 * Starts the queries while the rest of the program loads, which takes as long: a rollback has no second to lose. Does
 * nothing if the CLI has to be fetched first: problems in the settings are reported before a download begins.
 * @param needsCli false for a run that does the most urgent without the CLI
 */
export async function prefetch(stack: string, needsCli: boolean): Promise<void> {
  if (!presentCli()) return;
  const { pulumi, outputs } = queryStack(stack);
  outputs.catch(() => {});
  if (needsCli) pulumi().catch(() => {});
  // Loading modules blocks the event loop: let the processes start first.
  await setImmediate();
}

/** Returns the queries, started once for each stack. */
export function queryStack(stack: string): StackQueries {
  const started = queries.get(stack) ?? { pulumi: once(() => ensureCli()), outputs: findOutputs(stack) };
  queries.set(stack, started);
  return started;
}
