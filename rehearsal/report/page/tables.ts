import { STEP_NAMES } from "../../../automation/events";
import { CLIENT_CLASSES } from "../../traffic/types";
import { answersOf, type Bin, failuresOf } from "../bins";
import { formatSeconds } from "../chart/frame";
import { count } from "../headline";
import { runningAt } from "../instance-counts";
import { quantileOf, sortedNumbers } from "../quantile";
import type { Timeline } from "../timeline";
import type { ClassTotals, RehearsalReport } from "../types";
import { html, type Markup } from "./markup";

const MEASURES: readonly {
  name: string;
  of: (totals: ClassTotals) => string;
  isBad?: (totals: ClassTotals) => boolean;
}[] = [
  { name: "sent", of: ({ sent }) => count(sent) },
  { name: "ok", of: ({ ok }) => count(ok) },
  { name: "failed", of: ({ failed }) => count(failed), isBad: ({ failed }) => failed > 0 },
  { name: "lost", of: ({ lost }) => count(lost), isBad: ({ lost }) => lost > 0 },
  { name: "doubled", of: ({ doubled }) => count(doubled), isBad: ({ doubled }) => doubled > 0 },
  { name: "latency p50", of: ({ latencyMs }) => formatMs(latencyMs.p50) },
  { name: "latency p99", of: ({ latencyMs }) => formatMs(latencyMs.p99) },
  { name: "latency max", of: ({ latencyMs }) => formatMs(latencyMs.max) },
];

/** Measures down, classes across: four columns fit a phone. */
export function classTable({ traffic }: RehearsalReport): Markup {
  const head = CLIENT_CLASSES.map((name) => html`<th scope="col">${name}</th>`);
  const rows = MEASURES.map(({ name, of, isBad }) => {
    const cells = CLIENT_CLASSES.map((each) => {
      const totals = traffic[each];
      return isBad?.(totals) ? html`<td class="bad">${of(totals)}</td>` : html`<td>${of(totals)}</td>`;
    });
    return html`<tr><th scope="row">${name}</th>${cells}</tr>`;
  });
  return html`<table><thead><tr><td></td>${head}</tr></thead><tbody>${rows}${errorRows(traffic)}</tbody></table>`;
}

function errorRows(traffic: RehearsalReport["traffic"]): Markup[] {
  const classes = [...new Set(CLIENT_CLASSES.flatMap((name) => Object.keys(traffic[name].errors)))].sort();
  return classes.map((error) => {
    const cells = CLIENT_CLASSES.map((name) => html`<td>${count(traffic[name].errors[error] ?? 0)}</td>`);
    return html`<tr class="error"><th scope="row">${error}</th>${cells}</tr>`;
  });
}

export function stepTable({ steps, deploys }: RehearsalReport): Markup {
  const rows = steps.map((step) => {
    const name = deploys > 1 ? `${step.deploy} · ${step.name}` : step.name;
    const mark = step.ok ? "" : "✘ ";
    return html`<tr><th scope="row">${mark}${name}</th><td>${formatSeconds(step.startedAtMs)}</td><td>${formatSeconds(step.endedAtMs - step.startedAtMs)}</td><td class="words">${step.detail}</td></tr>`;
  });
  return html`<table class="steps"><thead><tr><th scope="col">step</th><th scope="col">from</th><th scope="col">took</th><th scope="col" class="words">seen</th></tr></thead><tbody>${rows}</tbody></table>`;
}

/** Median and longest duration of each step, over all deploys. */
export function stepSummaryTable({ steps }: RehearsalReport): Markup {
  const rows = STEP_NAMES.flatMap((name) => {
    const own = steps.filter((step) => step.name === name);
    if (own.length === 0) return [];
    const took = sortedNumbers(own.map((step) => step.endedAtMs - step.startedAtMs));
    const cells = [String(own.length), formatSeconds(quantileOf(took, 0.5)), formatSeconds(quantileOf(took, 1))];
    return [html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`];
  });
  const head = ["step", "runs", "median", "longest"].map((name) => html`<th scope="col">${name}</th>`);
  return html`<table><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table>`;
}

/** The numbers behind the charts, by the wide bins. */
export function binTable(timeline: Timeline): Markup {
  const head = ["from", "Blue", "Green", "failed", "p50", "p99", "DNS B/G", "inst. B/G"].map(
    (name) => html`<th scope="col">${name}</th>`,
  );
  const rows = timeline.wideBins.map((bin) => html`<tr>${cellsOf(bin, timeline)}</tr>`);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Numbers behind the charts"><table class="bins"><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

function cellsOf(bin: Bin, { instances }: Timeline): Markup[] {
  const running = `${runningAt(instances.blue, bin.atMs)} / ${runningAt(instances.green, bin.atMs)}`;
  const answers = [answersOf(bin, "blue"), answersOf(bin, "green"), failuresOf(bin)].map(count);
  const latencies = [bin.p50Ms, bin.p99Ms].map((value) => (value === null ? "–" : formatMs(value)));
  const cells = [...answers, ...latencies, `${bin.dns.blue} / ${bin.dns.green}`, running];
  return [html`<th scope="row">${formatSeconds(bin.atMs)}</th>`, ...cells.map((cell) => html`<td>${cell}</td>`)];
}

export function formatMs(milliseconds: number): string {
  if (milliseconds >= 1000) return formatSeconds(milliseconds);
  return `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)}\u00a0ms`;
}
