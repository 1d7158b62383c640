import { STEP_NAMES } from "../../../automation/deploy/steps";
import { count, formatMs, formatSeconds } from "../../../automation/page/kit/format";
import { html, type Markup } from "../../../automation/page/kit/markup";
import { answersOf, type Bin, failuresOf } from "../bins";
import { classesOf } from "../headline";
import { runningAt } from "../instance-counts";
import { quantileOf, sortedNumbers } from "../quantile";
import type { Timeline } from "../timeline";
import type { ClassTotals, RehearsalReport } from "../types";

const MEASURES: readonly {
  name: string;
  of: (totals: ClassTotals) => string;
  isBad?: (totals: ClassTotals) => boolean;
}[] = [
  { name: "sent", of: ({ sent }) => count(sent) },
  { name: "failed", of: ({ failed }) => count(failed), isBad: ({ failed }) => failed > 0 },
  { name: "lost", of: ({ lost }) => count(lost), isBad: ({ lost }) => lost > 0 },
  { name: "doubled", of: ({ doubled }) => count(doubled), isBad: ({ doubled }) => doubled > 0 },
  { name: "p50", of: ({ latencyMs }) => formatMs(latencyMs.p50) },
  { name: "p99", of: ({ latencyMs }) => formatMs(latencyMs.p99) },
  { name: "max", of: ({ latencyMs }) => formatMs(latencyMs.max) },
];

/** A table with a row for each class of clients, its latencies, and rows for the errors of those that failed. */
export function classTable({ traffic }: RehearsalReport): Markup {
  const head = MEASURES.map(({ name }) => html`<th scope="col">${name}</th>`);
  const rows = classesOf(traffic).map(([name, totals]) => {
    const cells = MEASURES.map(({ of, isBad }) =>
      isBad?.(totals) ? html`<td class="bad">${of(totals)}</td>` : html`<td>${of(totals)}</td>`,
    );
    return html`<tr><th scope="row">${name}</th>${cells}</tr>${errorRows(totals)}`;
  });
  return html`<div class="scroll" id="classes" tabindex="0" role="region" aria-label="Clients"><table class="bins classes"><thead><tr><td></td>${head}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

function errorRows({ errors }: ClassTotals): Markup[] {
  return Object.keys(errors)
    .sort()
    .map((error) => {
      const others = MEASURES.slice(2).map(() => html`<td></td>`);
      return html`<tr class="error"><th scope="row">${error}</th><td></td><td>${count(errors[error]!)}</td>${others}</tr>`;
    });
}

/** The median and the longest duration of each step over all deploys. */
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

interface BinColumn {
  name: string;
  of: (bin: Bin) => string;
}

/** A table with the numbers behind the charts, one row for each wide bin. */
export function binTable(timeline: Timeline): Markup {
  const columns = binColumns(timeline);
  const head = columns.map(({ name }) => html`<th scope="col">${name}</th>`);
  const rows = timeline.wideBins.map(
    (bin) =>
      html`<tr><th scope="row">${formatSeconds(bin.atMs)}</th>${columns.map(({ of }) => html`<td>${of(bin)}</td>`)}</tr>`,
  );
  return html`<div class="scroll" id="bins" tabindex="0" role="region" aria-label="Numbers behind the charts"><table class="bins"><thead><tr><th scope="col">from</th>${head}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

function binColumns({ apis, instances, services, hasColours }: Timeline): BinColumn[] {
  const prefix = (service: string) => (services.length > 1 ? `${service} ` : "");
  const milliseconds = (value: number | null) => (value === null ? "–" : formatMs(value));
  const coloured = <Of>(each: readonly Of[]) => (hasColours ? each : []);
  return [
    ...coloured(apis).flatMap(({ service, streams }) => [
      { name: `${prefix(service)}Blue`, of: (bin: Bin) => count(answersOf(bin, "blue", streams)) },
      { name: `${prefix(service)}Green`, of: (bin: Bin) => count(answersOf(bin, "green", streams)) },
    ]),
    { name: "failed", of: (bin) => count(failuresOf(bin)) },
    { name: "p50", of: ({ p50Ms }) => milliseconds(p50Ms) },
    { name: "p99", of: ({ p99Ms }) => milliseconds(p99Ms) },
    ...apis.map(({ service }) => ({
      name: `${prefix(service)}DNS B/G`,
      of: ({ dns }: Bin) => `${dns[service]!.blue} / ${dns[service]!.green}`,
    })),
    ...coloured(services).map((service) => ({
      name: `${prefix(service)}inst. B/G`,
      of: ({ atMs }: Bin) =>
        `${runningAt(instances[service]!.blue, atMs)} / ${runningAt(instances[service]!.green, atMs)}`,
    })),
  ];
}
