import type { Colour } from "../../components/core/colour-name";
import { AwsLogReader } from "../aws/log-reader";
import { AwsObserver } from "../aws/observer";
import { LOOK_LIMITS } from "../core/aws-limits";
import { systemClock } from "../core/clock";
import { parseDuration } from "../core/duration";
import { untilStopped } from "../core/process/until-stopped";
import { followLogs } from "../logs/follow-logs";
import type { LogLine } from "../logs/log-line";
import { isOfEarlierDay, logText } from "../logs/log-text";
import { observedTasks, tasksText } from "../logs/tasks";
import { printResult } from "../output/print-result";
import { serviceIn, stackOutputs } from "./stack-outputs";

export interface LogsOptions {
  stack: string;
  follow: boolean;
  colour?: Colour;
  release?: string;
  container?: string;
  since: string;
  grep?: RegExp;
  json: boolean;
}

export async function runLogs(service: string, options: LogsOptions): Promise<void> {
  const { stack, follow, colour = null, release = null, container = null, since, grep = null, json } = options;
  const nowMs = systemClock.now();
  const fromMs = nowMs - parseDuration(since);
  const outputs = await stackOutputs(stack);
  const { logGroup } = serviceIn(outputs, service);
  const { stdout } = process;
  const query = { logGroup, fromMs, follow, filter: { colour, release, container, grep } };
  const reader = new AwsLogReader(outputs.region);
  const shown = { service, hasDate: isOfEarlierDay(fromMs, nowMs), isTTY: stdout.isTTY ?? false };
  const write = (line: LogLine) => void stdout.write(`${json ? JSON.stringify(line) : logText(line, shown)}\n`);
  const warn = (text: string) => void process.stderr.write(`${text}\n`);
  await untilStopped((signal) => followLogs(query, { reader, clock: systemClock, signal, write, warn }));
}

export async function runTasks(service: string, { stack, json }: { stack: string; json: boolean }): Promise<void> {
  const outputs = await stackOutputs(stack);
  serviceIn(outputs, service);
  const tasks = await observedTasks(new AwsObserver(outputs.region, LOOK_LIMITS), outputs, service);
  printResult(json, tasks, () => tasksText(tasks));
}
