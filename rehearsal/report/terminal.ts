import pc from "picocolors";
import { faultSentence } from "../../automation/page/deploy/parts/faults";
import { count } from "../../automation/page/kit/format";
import { countOf } from "../../components/core/count-of";
import { STREAM_PROTOCOLS } from "../traffic/types";
import { askedText } from "./asked";
import { worstChange } from "./change";
import { killedNote } from "./container-ends";
import { dataText } from "./data-text";
import { classesOf, headlineOf, machineNote, slowerNote } from "./headline";
import { jobRunsText } from "./job-runs";
import { rollbackInProduction } from "./rollbacks";
import { alignColumns } from "./table";
import { PROTOCOL_WORDS } from "./traffic-problems";
import type { RehearsalReport } from "./types";

export interface TerminalOptions {
  /** Whether to use colours: `showsColours` of where it will be printed. */
  colour: boolean;
}

/** A summary for people in 80 columns, which ends with a line feed. */
export function formatReport(report: RehearsalReport, options: TerminalOptions): string {
  const paint = pc.createColors(options.colour);
  const verdict = report.ok ? paint.green("✔") : paint.red("✘");
  const [headline = "", ...more] = wrap(headlineOf(report), 78).map((line) => paint.bold(line));
  const lines = [`${verdict} ${headline}`, ...more.map((line) => `  ${line}`)];
  if (report.reason !== "") lines.push(...wrap(report.reason, 76).map((line) => `  ${paint.red(line)}`));
  lines.push("", ...trafficTable(report).map((line, index) => `  ${index === 0 ? paint.dim(line) : line}`), "");
  lines.push(...factsOf(report).map(([name, value]) => `  ${paint.dim(name.padEnd(9))} ${value}`));
  return `${lines.join("\n")}\n`;
}

function trafficTable({ traffic }: RehearsalReport): string[] {
  const rows = classesOf(traffic).map(([name, { sent, failed, lost, doubled, latencyMs }]) => {
    return [name, ...[sent, failed, lost, doubled].map(String), latencyMs.p50.toFixed(1), latencyMs.p99.toFixed(1)];
  });
  return alignColumns([["clients", "sent", "failed", "lost", "doubled", "p50 ms", "p99 ms"], ...rows]);
}

function factsOf(report: RehearsalReport): [string, string][] {
  const { controller, cutover, speed, ratePerSecond, deploys } = report;
  const { upSeconds, totalSeconds, waitedSeconds, overheadSeconds } = controller;
  const slowest = deploys.length > 1 ? ", of the slowest deploy" : "";
  return [
    ...longFact("asked", askedText(report)),
    ...workFacts(report),
    ...longFact("runs", jobRunsText(report.jobRuns)),
    ...streamFacts(report),
    ...rollbackFacts(report),
    ...(rollbackInProduction(report) ? [] : [["change", changeFact(report)] as [string, string]]),
    ["time", `${totalSeconds.toFixed(1)} s, ${waitedSeconds.toFixed(1)} s of it waiting that was asked for`],
    ["overhead", `${overheadSeconds.toFixed(1)} s in which it waited for nothing${slowest}`],
    [
      "ups",
      `${countOf(upSeconds.length, "run")} of \`pulumi up\`, the longest ${Math.max(0, ...upSeconds).toFixed(1)} s`,
    ],
    ...longFact("slower", slowerNote(report)),
    ...longFact("killed", killedNote(report.killed)),
    ["mode", `cutover ${cutover}, speed ${speed} : 1, ${count(ratePerSecond)} requests/s`],
    ...notTriedFacts(report),
    ...longFact("machine", machineNote(report)),
  ];
}

function notTriedFacts(report: RehearsalReport): [string, string][] {
  const ofParts = Object.entries({
    containers: report.notTried,
    databases: report.notTriedOfDatabases,
    connections: report.notTriedOfConnections,
    jobs: report.notTriedOfJobs,
    settings: report.notTriedOfSettings,
    services: report.notTriedOfServices,
  });
  const lines = ofParts.flatMap(([part, words]) =>
    words.length === 0 ? [] : wrap(`of ${part}: ${words.join("; ")}`, 67),
  );
  return lines.map((line, index) => [index === 0 ? "not tried" : "", line]);
}

/** A fact on as many lines as it needs; none if there is nothing to say. */
function longFact(name: string, text: string): [string, string][] {
  const lines = text === "" ? [] : wrap(text, 67);
  return lines.map((line, index) => [index === 0 ? name : "", line]);
}

function workFacts({ calls, jobs, data }: RehearsalReport): [string, string][] {
  const facts: [string, string][] = [];
  if (calls) facts.push(["calls", `${count(calls.reached)} between services, ${count(calls.failed)} failed`]);
  if (jobs) {
    const { sent, done, lost, repeated } = jobs;
    const twice = repeated > 0 ? `, ${count(repeated)} done twice (at-least-once)` : "";
    facts.push(["jobs", `${count(sent)} sent, ${count(done)} done, ${count(lost)} lost${twice}`]);
    if (done > sent) facts.push(["", "done: with those that deploy tests sent"]);
  }
  if (data) facts.push(["data", dataText(data)]);
  return facts;
}

function streamFacts({ streams }: RehearsalReport): [string, string][] {
  if (!streams) return [];
  const lines = STREAM_PROTOCOLS.filter((protocol) => streams[protocol].opened + streams[protocol].refused > 0).flatMap(
    (protocol) => {
      const { opened, cutBeforeWithin, cutAtWithin } = streams[protocol];
      const { withinSeconds } = streams;
      const cut =
        withinSeconds === 0
          ? `${count(cutAtWithin)} cut at their colour's end, ${count(cutBeforeWithin)} before that`
          : `${count(cutBeforeWithin)} cut before ${withinSeconds} s, ${count(cutAtWithin)} after`;
      return wrap(`${PROTOCOL_WORDS[protocol]}: ${count(opened)} opened, ${cut}`, 67);
    },
  );
  return lines.map((line, index) => [index === 0 ? "streams" : "", line]);
}

function rollbackFacts(report: RehearsalReport): [string, string][] {
  const facts: [string, string][] = [];
  const rollback = rollbackInProduction(report);
  if (rollback) {
    const { answers, failed, goneAfterMs, step } = rollback;
    const since = step === null ? "the command" : "the decision";
    facts.push(["back", `${count(failed)} of ${count(answers)} answers failed; gone ${goneAfterMs} ms after ${since}`]);
  }
  const faults = faultSentence(report);
  if (faults !== "") facts.push(["faults", faults]);
  return facts;
}

function changeFact({ change, changes, services }: RehearsalReport): string {
  const worst = worstChange(changes);
  if (!worst || change.mixedMs === null) return "no answer from a new release";
  if (change.mixedMs === 0) return "no time in which old and new release both answered";
  if (changes.length < 2) return `old and new release answered side by side for ${change.mixedMs} ms`;
  const which = services.length > 1 ? `${worst.service} in deploy ${worst.deploy}` : `deploy ${worst.deploy}`;
  return `old and new side by side for ${change.mixedMs} ms at most (${which})`;
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
