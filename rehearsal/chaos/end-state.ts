import { isDeepStrictEqual } from "node:util";
import { AwsObserver } from "../../automation/aws/observer";
import { digestsOf } from "../../automation/core/desired-releases";
import { projectSettings } from "../../automation/core/project";
import { checkAliases } from "../../automation/observe/check-aliases";
import { checkColour } from "../../automation/observe/check-colour";
import { checkRules } from "../../automation/observe/check-rules";
import { ensurePulumiCli } from "../../automation/pulumi-cli/ensure-pulumi-cli";
import type { ExportedResource, ExportedState } from "../../automation/stack/exported-state";
import { pulumiJson } from "../../automation/stack/pulumi-command";
import { describeLocks } from "../../automation/stack/recovery/lock";
import { readLocks } from "../../automation/stack/recovery/lock-files";
import { serviceOf } from "../../automation/stack/resource-changes";
import { COLOURS, other } from "../../components/core/colour-name";
import type { StackOutputs } from "../../components/live/outputs";
import { readOutputs } from "../../components/live/stack-state";
import { STACK } from "../cloud/settings-source";
import { REGION } from "../environment/cloud-args";
import { enginesOf } from "../environment/killable-command";

/** Services that no run may change, and what there was of them before. */
interface Others {
  names: readonly string[];
  before: End;
}

export interface EndExpected {
  /** Services that the run was not of. */
  others?: Others;
  /** The release that production runs, such as `v3`. Default: whichever. */
  release?: string | undefined;
}

/** What is left after a run. */
interface End {
  outputs: StackOutputs;
  resources: readonly ExportedResource[];
  /** One line for each thing that an undisturbed run does not leave. */
  unfinished: string[];
}

/**
 * Reads what is left after a run.
 * @param variables environment variables that lead Pulumi and the AWS SDK to the cloud; this process keeps them
 */
export async function readEnd(variables: Record<string, string>): Promise<End> {
  Object.assign(process.env, variables);
  // First of all, because the commands below are engines on the same backend.
  const engines = await enginesOf(variables.PULUMI_BACKEND_URL!);
  const pulumi = await ensurePulumiCli();
  const read = <Result>(args: string[]) => pulumiJson<Result>(pulumi, STACK, args, variables);
  const [written, { deployment }, locks] = await Promise.all([
    read<Record<string, unknown>>(["stack", "output", "--json"]),
    read<ExportedState>(["stack", "export"]),
    readLocks(variables.PULUMI_BACKEND_URL!, projectSettings().name, STACK),
  ]);
  return {
    outputs: readOutputs(written)!,
    resources: deployment?.resources ?? [],
    unfinished: [
      ...(deployment?.pending_operations?.length ? ["the stack has operations that are half done"] : []),
      ...(locks ? [`Pulumi's lock is left: ${describeLocks(locks)}`] : []),
      ...engines.map((pid) => `the engine with pid ${pid} still runs`),
    ],
  };
}

/**
 * What differs from the end of an undisturbed run, one line each; empty when nothing does.
 * @param service the one that the run was of
 */
export async function endStateProblems(
  variables: Record<string, string>,
  service: string,
  { others, release }: EndExpected = {},
): Promise<string[]> {
  const end = await readEnd(variables);
  const { names, before } = others ?? { names: [], before: end };
  const { active, colours, idleShare } = end.outputs.live.services[service]!;
  const idle = other(active);
  const runs = colours[active].release?.name;
  const problems = [
    ...end.unfinished,
    ...(release === undefined || runs === release ? [] : [`production runs ${runs}, wanted ${release}`]),
    ...(colours[idle].size > 0 ? [`the idle colour ${idle} is at size ${colours[idle].size}`] : []),
    ...(colours[active].size === 0 ? [`the active colour ${active} is at size 0`] : []),
    ...(idleShare === undefined ? [] : [`${idleShare} % of production goes to ${idle}`]),
    ...names.flatMap((name) => changesOf(name, before, end)),
  ];
  const observer = new AwsObserver(REGION);
  for (const name of [service, ...names]) {
    problems.push(...(await runningProblems(observer, name, end.outputs)));
    problems.push(...(await checkRules(observer, end.outputs.live.services[name]!, end.outputs.services[name]!)));
  }
  if (problems.length > 0) return problems;
  // The records come last, because Route 53 takes five requests a second from the whole account (aws-rules R8).
  for (const name of [service, ...names])
    problems.push(...(await checkAliases(observer, end.outputs.live.services[name]!.active, name, end.outputs)));
  return problems;
}

/** What AWS runs of a service besides what the stack says. */
async function runningProblems(observer: AwsObserver, service: string, outputs: StackOutputs): Promise<string[]> {
  const { active, colours } = outputs.live.services[service]!;
  const problems: string[] = [];
  for (const colour of COLOURS) {
    const outputsOfColour = outputs.services[service]!.colours[colour];
    const seen = await observer.colour(outputsOfColour);
    const { tasks, inService } = seen;
    const running = tasks.filter(({ status: state }) => state !== "STOPPED").length;
    const { size, release } = colours[colour];
    if (colour === active && release)
      problems.push(...checkColour(outputsOfColour, seen, { size, ...digestsOf(release) }));
    if (running !== size) problems.push(`${service} ${colour} has ${running} tasks, wanted ${size}`);
    if (inService !== size) problems.push(`${service} ${colour} has ${inService} instances, wanted ${size}`);
  }
  return problems;
}

/** What the stack says otherwise than before of a service that no run was of. */
function changesOf(service: string, before: End, end: End): string[] {
  const isSame = isDeepStrictEqual(before.outputs.live.services[service], end.outputs.live.services[service]);
  const [was, is] = [inputsOf(service, before), inputsOf(service, end)];
  const urns = [...new Set([...was.keys(), ...is.keys()])];
  return [
    ...(isSame ? [] : [`the live state of ${service} has changed`]),
    ...urns.flatMap((urn) => (isDeepStrictEqual(was.get(urn), is.get(urn)) ? [] : [`${urn} has changed`])),
  ];
}

/** Inputs of the resources of a service, by URN. */
function inputsOf(service: string, { resources }: End): Map<string, unknown> {
  const parents = new Map(resources.map(({ urn, parent }) => [urn, parent]));
  return new Map(
    resources.flatMap(({ urn, inputs }) => (serviceOf(urn, parents) === service ? [[urn, inputs] as const] : [])),
  );
}
