import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { AwsObserver } from "../../automation/observe/aws-observer";
import { PROJECT_DIRECTORY } from "../../automation/project-directory";
import { COLOURS, other } from "../../components/colour-name";
import type { StackOutputs } from "../../components/outputs";
import { REGION } from "../cloud-args";
import { STACK } from "../rehearsal-stack";
import { enginesOf } from "./victim";

/** What differs from the end of a run that nobody disturbed: one line each, empty when nothing does. */
export async function endStateFaults(environment: Record<string, string>, service: string): Promise<string[]> {
  // First: the questions below are asked by the same CLI.
  const engines = await enginesOf(environment.PULUMI_BACKEND_URL!);
  const [outputs, exported, locks] = await Promise.all([
    pulumiJson<StackOutputs>(environment, ["stack", "output", "--json"]),
    pulumiJson<{ deployment: { pending_operations?: unknown[] } }>(environment, ["stack", "export"]),
    lockFiles(environment.PULUMI_BACKEND_URL!),
  ]);
  const { active, colours, idleShare } = outputs.live.services[service]!;
  const idle = other(active);
  const faults = [
    ...(colours[idle].size > 0 ? [`the idle colour ${idle} is at size ${colours[idle].size}`] : []),
    ...(colours[active].size === 0 ? [`the active colour ${active} is at size 0`] : []),
    ...(idleShare === undefined ? [] : [`${idleShare} % of production goes to ${idle}`]),
    ...(exported.deployment.pending_operations?.length ? ["the stack has operations that are half done"] : []),
    ...locks.map((lock) => `Pulumi's lock ${lock} is left`),
    ...engines.map((pid) => `the engine with pid ${pid} still runs`),
  ];
  const observer = new AwsObserver(REGION);
  for (const colour of COLOURS) {
    const { tasks, inService } = await observer.colour(outputs.services[service]!.colours[colour]);
    const running = tasks.filter(({ status: state }) => state !== "STOPPED").length;
    const { size } = colours[colour];
    if (running !== size) faults.push(`${colour} has ${running} tasks, wanted ${size}`);
    if (inService !== size) faults.push(`${colour} has ${inService} instances, wanted ${size}`);
  }
  return faults;
}

async function pulumiJson<Result>(environment: Record<string, string>, args: readonly string[]): Promise<Result> {
  const { stdout } = await execa("pulumi", [...args, "--stack", STACK], { cwd: PROJECT_DIRECTORY, env: environment });
  return JSON.parse(stdout) as Result;
}

async function lockFiles(backendUrl: string): Promise<string[]> {
  const folder = `${fileURLToPath(backendUrl)}/.pulumi/locks`;
  const names = await readdir(folder, { recursive: true }).catch(() => [] as string[]);
  return names.filter((name) => name.endsWith(".json"));
}
