import { releasesOf, type Verdict } from "../../../automation/page/deploy/sentences";
import { capitalised, count, counted, formatMs, formatSeconds } from "../../../automation/page/kit/format";
import { html, type Markup } from "../../../automation/page/kit/markup";
import { COLOURS } from "../../../components/core/colour-name";
import { isSlow } from "../../traffic/types";
import { answersOf, failuresOf, rateOf } from "../bins";
import { worstChange } from "../change";
import { killedNote } from "../container-ends";
import { sum } from "../deploy-log";
import { classesOf, failedRequests, isBack, machineNote, sentRequests, slowerNote, sumOf } from "../headline";
import { rollbackInProduction } from "../rollbacks";
import type { Timeline } from "../timeline";
import type { RehearsalReport, ReportedRollback } from "../types";

const MOST_LETTERS = 160;

/** The verdict on a rehearsal, in one line with a mark. */
export function verdictOfReport(report: RehearsalReport): Verdict {
  const rollback = rollbackInProduction(report);
  if (rollback && isBack(report, rollback.deploy))
    return { kind: "bad", lead: "↩ Went back.", text: rollbackSentence(report, rollback) };
  if (!report.ok) return { kind: "bad", lead: "✘ Not passed.", text: report.reason };
  const { jobs } = report;
  const notes = [slowerNote(report), killedNote(report.killed), machineNote(report)].filter((note) => note !== "");
  const done = jobs ? `; ${jobs.repeated > 0 ? "every job was done" : "every job was done, each once"}` : "";
  return {
    kind: "good",
    lead: "✔ Passed.",
    text: `Every request was answered; no POST was lost or processed twice${done}.${notes.map((note) => ` ${capitalised(note)}.`).join("")}`,
  };
}

/** Why production went back, and what the release did until then. */
function rollbackSentence(
  { deploys }: RehearsalReport,
  { deploy, step, reason, answers, failed, goneAfterMs }: ReportedRollback,
): string {
  const release = releasesOf({ asked: deploys[deploy - 1]?.releases ?? {} });
  const why = step === null ? `A person took ${release} back` : `The step “${step}” rejected ${release}`;
  const cause = step === null ? "" : `: ${cut(reason)}`;
  const end = `its last answer came ${formatMs(goneAfterMs ?? 0)} after ${step === null ? "the command" : "the decision"}`;
  return `${why}${cause}. It had answered ${counted(answers, "request")}, ${count(failed)} of them with errors; ${end}.`;
}

/** The first letters of a text; the whole text is shown at its step. */
function cut(text: string): string {
  return text.length <= MOST_LETTERS ? text : `${text.slice(0, MOST_LETTERS)}…`;
}

/** How production changed over, in plain words, for the change that took longest. */
export function changeSentence(report: RehearsalReport): string {
  const { changes, change, colours, deploys, services } = report;
  if (!hasDeploys(report))
    return "Each run was killed at a random instant, and the next command went on from there: chaos.json has them one by one.";
  if (rollbackInProduction(report) && change.firstNewAtMs === null) return "";
  const worst = worstChange(changes);
  const { firstNewAtMs, lastOldAtMs, mixedMs } = change;
  const [service, deploy] = worst ? [worst.service, worst.deploy] : [services[0] ?? "", deploys.length];
  const before = capitalised(colours[service]?.[Math.max(0, deploy - 1)] ?? "blue");
  const after = capitalised(colours[service]?.[deploy] ?? "green");
  if (firstNewAtMs === null || mixedMs === null)
    return services.length > 1
      ? "No answer came from a new release."
      : `${before} answered production all the time; no answer came from a new release.`;
  const first = `${whichOf(service, deploy, { deploys, services })} first answer from ${after} came ${formatSeconds(firstNewAtMs)} after the first request`;
  if (lastOldAtMs === null || mixedMs === 0)
    return `${first}, when ${before} had given its last one: no time in which both answered.`;
  return `${first}; for ${formatMs(mixedMs)} both colours answered side by side, then ${before} was silent.`;
}

function whichOf(
  service: string,
  deploy: number,
  { deploys, services }: Pick<RehearsalReport, "deploys" | "services">,
): string {
  if (deploys.length < 2) return services.length > 1 ? `The slowest to change over was ${service}: its` : "The";
  return `The longest change was that of ${services.length > 1 ? `${service} in deploy ${deploy}` : `deploy ${deploy}`}: its`;
}

interface KeyNumber {
  name: string;
  value: string;
  meaning: string;
  isBad?: boolean;
}

/** The key numbers, each with its name, its value and what it means. */
export function keyNumbers(report: RehearsalReport): Markup {
  const { traffic } = report;
  const [failed, lost, doubled] = [failedRequests(report), sumOf(report, "lost"), sumOf(report, "doubled")];
  const usual = classesOf(traffic).filter(([name]) => !isSlow(name));
  const worst = Math.max(...usual.map(([, { latencyMs }]) => latencyMs.p99));
  const numbers: KeyNumber[] = [
    { name: "failed", value: count(failed), meaning: `of ${count(sentRequests(report))} requests`, isBad: failed > 0 },
    { name: "lost", value: count(lost), meaning: "POSTs that no service processed", isBad: lost > 0 },
    { name: "doubled", value: count(doubled), meaning: "POSTs processed more than once", isBad: doubled > 0 },
    ...workNumbers(report),
    ...(hasDeploys(report) ? [changeNumber(report)] : []),
    { name: "latency p99", value: formatMs(worst), meaning: "of the slowest class, at the full rate" },
    ...(hasDeploys(report) ? [timeNumber(report)] : []),
  ];
  return drawNumbers(numbers);
}

/** False for the report of disturbed runs, which has the requests alone: chaos.json says what became of each run. */
export function hasDeploys({ disturbedRuns }: Pick<RehearsalReport, "disturbedRuns">): boolean {
  return disturbedRuns === undefined;
}

function changeNumber(report: RehearsalReport): KeyNumber {
  const rollback = rollbackInProduction(report);
  if (rollback)
    return {
      name: "back after",
      value: formatMs(rollback.goneAfterMs),
      meaning: `from ${rollback.step === null ? "the command" : "the decision"} to the bad release’s last answer`,
    };
  const { mixedMs } = report.change;
  return {
    name: "side by side",
    value: mixedMs === null ? "–" : formatMs(mixedMs),
    meaning: `old and new release both answered${report.changes.length > 1 ? ", at most" : ""}`,
  };
}

function workNumbers({ calls, jobs, data }: RehearsalReport): KeyNumber[] {
  const numbers: KeyNumber[] = [];
  if (calls)
    numbers.push({
      name: "calls failed",
      value: count(calls.failed),
      meaning: `of ${count(calls.reached)} between services`,
      isBad: calls.failed > 0,
    });
  if (jobs)
    numbers.push({
      name: "jobs lost",
      value: count(jobs.lost),
      meaning: `of ${count(jobs.sent)} sent; ${count(jobs.repeated)} done twice`,
      isBad: jobs.lost > 0,
    });
  if (data)
    numbers.push({
      name: "rows lost",
      value: count(data.lost),
      meaning: `of ${count(data.rows)} in databases; ${count(data.doubled)} doubled, ${count(data.changed)} changed`,
      isBad: data.lost + data.doubled + data.changed > 0,
    });
  return numbers;
}

function timeNumber({ controller, deploys }: RehearsalReport): KeyNumber {
  const many = deploys.length > 1;
  const [total, waited, overhead] = [controller.totalSeconds, controller.waitedSeconds, controller.overheadSeconds].map(
    (seconds) => formatSeconds(seconds * 1000),
  );
  const meaning = `for ${many ? `${deploys.length} deploys` : "the deploy"}; ${waited} of it waiting that was asked for, ${overhead} in which ${many ? "the slowest" : "it"} waited for nothing`;
  return { name: "time", value: total!, meaning };
}

/** The key numbers while the rehearsal goes on; lost and doubled POSTs are counted at its end. */
export function numbersSoFar({ bins, wideBins }: Timeline): Markup {
  const failed = sum(bins.map((bin) => failuresOf(bin)));
  const answered = sum(bins.flatMap((bin) => COLOURS.map((colour) => answersOf(bin, colour))));
  const newest = bins.at(-2) ?? bins.at(-1);
  const rate = newest
    ? rateOf(newest, failuresOf(newest) + sum(COLOURS.map((colour) => answersOf(newest, colour))))
    : 0;
  const p99Ms = wideBins.findLast((bin) => bin.p99Ms !== null)?.p99Ms;
  return drawNumbers([
    {
      name: "failed so far",
      value: count(failed),
      meaning: `of ${count(answered + failed)} requests`,
      isBad: failed > 0,
    },
    { name: "answers", value: `${count(Math.round(rate))}\u00a0/s`, meaning: "just now" },
    { name: "latency p99", value: p99Ms == null ? "–" : formatMs(p99Ms), meaning: "just now" },
  ]);
}

function drawNumbers(numbers: readonly KeyNumber[]): Markup {
  return html`<dl class="numbers of-${numbers.length}">${numbers.map(drawNumber)}</dl>`;
}

function drawNumber({ name, value, meaning, isBad = false }: KeyNumber): Markup {
  return html`<div class="${isBad ? "bad" : ""}"><dt>${name}</dt><dd><b>${value}</b> <span>${meaning}</span></dd></div>`;
}
