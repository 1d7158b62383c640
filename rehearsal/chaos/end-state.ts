import { AwsObserver } from "../../automation/aws/observer";
import { digestsOf } from "../../automation/core/desired-releases";
import { projectSettings } from "../../automation/core/project";
import { checkColour } from "../../automation/observe/check-colour";
import { ensurePulumiCli } from "../../automation/pulumi-cli/ensure-pulumi-cli";
import type { ExportedState } from "../../automation/stack/exported-state";
import { pulumiJson } from "../../automation/stack/pulumi-command";
import { describeLocks } from "../../automation/stack/recovery/lock";
import { readLocks } from "../../automation/stack/recovery/lock-files";
import { COLOURS, other } from "../../components/core/colour-name";
import { readOutputs } from "../../components/live/stack-state";
import { STACK } from "../cloud/settings-source";
import { REGION } from "../environment/cloud-args";
import { enginesOf } from "../environment/killable-command";

/**
 * What differs from the end of an undisturbed run, one line each; empty when nothing does.
 * @param variables environment variables that lead Pulumi and the AWS SDK to the cloud; this process keeps them
 */
export async function endStateProblems(variables: Record<string, string>, service: string): Promise<string[]> {
  Object.assign(process.env, variables);
  // First of all, because the commands below are engines on the same backend.
  const engines = await enginesOf(variables.PULUMI_BACKEND_URL!);
  const pulumi = await ensurePulumiCli();
  const read = <Result>(args: string[]) => pulumiJson<Result>(pulumi, STACK, args, variables);
  const [written, exported, locks] = await Promise.all([
    read<Record<string, unknown>>(["stack", "output", "--json"]),
    read<ExportedState>(["stack", "export"]),
    readLocks(variables.PULUMI_BACKEND_URL!, projectSettings().name, STACK),
  ]);
  const outputs = readOutputs(written)!;
  const { active, colours, idleShare } = outputs.live.services[service]!;
  const idle = other(active);
  const problems = [
    ...(colours[idle].size > 0 ? [`the idle colour ${idle} is at size ${colours[idle].size}`] : []),
    ...(colours[active].size === 0 ? [`the active colour ${active} is at size 0`] : []),
    ...(idleShare === undefined ? [] : [`${idleShare} % of production goes to ${idle}`]),
    ...(exported.deployment?.pending_operations?.length ? ["the stack has operations that are half done"] : []),
    ...(locks ? [`Pulumi's lock is left: ${describeLocks(locks)}`] : []),
    ...engines.map((pid) => `the engine with pid ${pid} still runs`),
  ];
  const observer = new AwsObserver(REGION);
  for (const colour of COLOURS) {
    const outputsOfColour = outputs.services[service]!.colours[colour];
    const seen = await observer.colour(outputsOfColour);
    const { tasks, inService } = seen;
    const running = tasks.filter(({ status: state }) => state !== "STOPPED").length;
    const { size, release } = colours[colour];
    if (colour === active && release)
      problems.push(...checkColour(outputsOfColour, seen, { size, ...digestsOf(release) }));
    if (running !== size) problems.push(`${colour} has ${running} tasks, wanted ${size}`);
    if (inService !== size) problems.push(`${colour} has ${inService} instances, wanted ${size}`);
  }
  return problems;
}
