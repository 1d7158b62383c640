import { CLIENT_CLASSES } from "../../traffic/types";
import { formatSeconds } from "../chart/frame";
import { sum } from "../deploy-log";
import { capitalised, count, failedRequests, sentRequests } from "../headline";
import type { RehearsalReport } from "../types";
import { html, type Markup } from "./markup";
import { formatMs } from "./tables";

/** Whether all is well, in one line with a mark. */
export function verdict(report: RehearsalReport): Markup {
  if (report.ok)
    return html`<p class="verdict good"><b>✔ Passed.</b> Every request was answered; no POST was lost or processed twice.</p>`;
  return html`<p class="verdict bad"><b>✘ Not passed.</b> ${report.reason}</p>`;
}

/** How production changed over, in plain words. */
export function changeSentence({ change, colours, deploys }: RehearsalReport): string {
  const [before, after] = colours.slice(-2).map(capitalised);
  const { firstNewAtMs, lastOldAtMs, mixedMs } = change;
  const which = deploys > 1 ? "In the last deploy the" : "The";
  if (firstNewAtMs === null || mixedMs === null)
    return `${before} answered production all the time; no answer came from a new release.`;
  const first = `${which} first answer from ${after} came ${formatSeconds(firstNewAtMs)} after the first request`;
  if (lastOldAtMs === null || mixedMs === 0)
    return `${first}, when ${before} had given its last one: no time in which both answered.`;
  return `${first}; for ${formatMs(mixedMs)} both colours answered side by side, then ${before} was silent.`;
}

/** The numbers to know, as name, value and what it means. */
export function keyNumbers(report: RehearsalReport): Markup {
  const { controller, change } = report;
  const of = (key: "lost" | "doubled") => sum(CLIENT_CLASSES.map((name) => report.traffic[name][key]));
  const worst = Math.max(...CLIENT_CLASSES.map((name) => report.traffic[name].latencyMs.p99));
  const total = report.deploys > 1 ? `${report.deploys} deploys` : "the deploy";
  return html`<dl class="numbers">
${number("failed", count(failedRequests(report)), `of ${count(sentRequests(report))} requests`, failedRequests(report) > 0)}
${number("lost", count(of("lost")), "POSTs that no service processed", of("lost") > 0)}
${number("doubled", count(of("doubled")), "POSTs processed more than once", of("doubled") > 0)}
${number("side by side", change.mixedMs === null ? "–" : formatMs(change.mixedMs), "old and new release both answered")}
${number("latency p99", formatMs(worst), "of the slowest class of clients")}
${number("time", formatSeconds(controller.totalSeconds * 1000), `for ${total}; ${formatSeconds(controller.waitedSeconds * 1000)} of it waiting that was asked for, ${formatSeconds(controller.overheadSeconds * 1000)} the controller’s own${report.deploys > 1 ? " at most" : ""}`)}
</dl>`;
}

function number(name: string, value: string, meaning: string, isBad = false): Markup {
  return html`<div class="${isBad ? "bad" : ""}"><dt>${name}</dt><dd><b>${value}</b> <span>${meaning}</span></dd></div>`;
}
