import { worstChange } from "../change";
import { formatSeconds } from "../chart/frame";
import { capitalised, classesOf, count, failedRequests, sentRequests, sumOf } from "../headline";
import type { RehearsalReport } from "../types";
import { html, type Markup } from "./markup";
import { formatMs } from "./tables";

/** Whether all is well, in one line with a mark. */
export function verdict(report: RehearsalReport): Markup {
  if (!report.ok) return html`<p class="verdict bad"><b>✘ Not passed.</b> ${report.reason}</p>`;
  const { jobs } = report;
  const done = jobs ? `; ${jobs.repeated > 0 ? "every job was done" : "every job was done, each once"}` : "";
  return html`<p class="verdict good"><b>✔ Passed.</b> Every request was answered; no POST was lost or processed twice${done}.</p>`;
}

/** How production changed over, in plain words: the change in which it took longest. */
export function changeSentence({ changes, change, colours, deploys, services }: RehearsalReport): string {
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

/** The numbers to know, as name, value and what it means. */
export function keyNumbers(report: RehearsalReport): Markup {
  const { change, traffic } = report;
  const [failed, lost, doubled] = [failedRequests(report), sumOf(report, "lost"), sumOf(report, "doubled")];
  const worst = Math.max(...classesOf(traffic).map(([, { latencyMs }]) => latencyMs.p99));
  const numbers: KeyNumber[] = [
    { name: "failed", value: count(failed), meaning: `of ${count(sentRequests(report))} requests`, isBad: failed > 0 },
    { name: "lost", value: count(lost), meaning: "POSTs that no service processed", isBad: lost > 0 },
    { name: "doubled", value: count(doubled), meaning: "POSTs processed more than once", isBad: doubled > 0 },
    ...workNumbers(report),
    {
      name: "side by side",
      value: change.mixedMs === null ? "–" : formatMs(change.mixedMs),
      meaning: `old and new release both answered${report.changes.length > 1 ? ", at most" : ""}`,
    },
    { name: "latency p99", value: formatMs(worst), meaning: "of the slowest class of clients" },
    timeNumber(report),
  ];
  return html`<dl class="numbers of-${numbers.length}">${numbers.map(drawNumber)}</dl>`;
}

function workNumbers({ calls, jobs }: RehearsalReport): KeyNumber[] {
  const numbers: KeyNumber[] = [];
  if (calls)
    numbers.push({
      name: "calls failed",
      value: count(calls.failed),
      meaning: `of ${count(calls.made)} between services`,
      isBad: calls.failed > 0,
    });
  if (jobs)
    numbers.push({
      name: "jobs lost",
      value: count(jobs.lost),
      meaning: `of ${count(jobs.sent)} sent; ${count(jobs.repeated)} done twice`,
      isBad: jobs.lost > 0,
    });
  return numbers;
}

function timeNumber({ controller, deploys }: RehearsalReport): KeyNumber {
  const many = deploys.length > 1;
  const [total, waited, own] = [controller.totalSeconds, controller.waitedSeconds, controller.overheadSeconds].map(
    (seconds) => formatSeconds(seconds * 1000),
  );
  const meaning = `for ${many ? `${deploys.length} deploys` : "the deploy"}; ${waited} of it waiting that was asked for, ${own} the controller’s own${many ? " at most" : ""}`;
  return { name: "time", value: total!, meaning };
}

function drawNumber({ name, value, meaning, isBad = false }: KeyNumber): Markup {
  return html`<div class="${isBad ? "bad" : ""}"><dt>${name}</dt><dd><b>${value}</b> <span>${meaning}</span></dd></div>`;
}
