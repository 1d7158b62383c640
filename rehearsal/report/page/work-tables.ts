import { count, formatMs, formatSeconds } from "../../../automation/page/kit/format";
import { html, type Markup } from "../../../automation/page/kit/markup";
import { STREAM_PROTOCOLS } from "../../traffic/types";
import { PROTOCOL_WORDS } from "../traffic-problems";
import type { RehearsalReport, StreamTotals } from "../types";

/** A table of the calls and jobs between services; null when no service called another one. */
export function workTable({ calls, jobs }: RehearsalReport): Markup | null {
  if (!calls) return null;
  const rows = [
    row("calls made", calls.made),
    row("calls counted at load balancers", calls.reached),
    row("calls failed", calls.failed, calls.failed > 0),
    ...reasons(calls.errors),
    ...(jobs
      ? [
          row("jobs sent", jobs.sent),
          row("jobs not sent", jobs.failed, jobs.failed > 0),
          ...reasons(jobs.errors),
          row("jobs done", jobs.done),
          row("jobs lost", jobs.lost, jobs.lost > 0),
          row("jobs done twice", jobs.repeated),
        ]
      : []),
  ];
  const note =
    jobs && jobs.repeated > 0
      ? html`<p class="hint">A job is given out again when its worker was stopped, or did not report in time: SQS delivers at least once, so a job must be one that may be done twice.</p>`
      : null;
  return html`<h2 class="next">Calls and jobs between services</h2><table><tbody>${rows}</tbody></table>${note}`;
}

/** A table of the runs of jobs that have ended; null without any. */
export function runTable({ jobRuns }: RehearsalReport): Markup | null {
  if (jobRuns.length === 0) return null;
  const rows = jobRuns.map(({ service, release, by, runs, failed }) => {
    const name = `${service} ${release} by ${by === "hand" ? "hand" : "its schedule"}`;
    return html`<tr><th scope="row">${name}</th><td>${count(runs)}</td><td class="${failed > 0 ? "bad" : ""}">${count(failed)}</td></tr>`;
  });
  return html`<h2 class="next">Runs</h2><table><thead><tr><td></td><th scope="col">runs</th><th scope="col">failed</th></tr></thead><tbody>${rows}</tbody></table>`;
}

const STREAM_MEASURES: readonly { name: string; key: keyof StreamTotals; isFailure?: boolean }[] = [
  { name: "opened", key: "opened" },
  { name: "not opened", key: "refused", isFailure: true },
  { name: "left", key: "left" },
  { name: "closed", key: "closed" },
  { name: "cut in time", key: "cutAtWithin" },
  { name: "cut early", key: "cutBeforeWithin", isFailure: true },
  { name: "old colour", key: "onOldColour", isFailure: true },
];

/** A table of the streams that pages kept open, by protocol; null where there were none. */
export function streamTable({ streams }: RehearsalReport): Markup | null {
  if (!streams) return null;
  const head = STREAM_MEASURES.map(({ name }) => html`<th scope="col">${name}</th>`);
  const used = STREAM_PROTOCOLS.filter((protocol) => streams[protocol].opened + streams[protocol].refused > 0);
  const rows = used.map((protocol) => {
    const cells = STREAM_MEASURES.map(({ key, isFailure = false }) => {
      const number = streams[protocol][key];
      return html`<td class="${isFailure && number > 0 ? "bad" : ""}">${count(number)}</td>`;
    });
    return html`<tr><th scope="row">${PROTOCOL_WORDS[protocol]}</th>${cells}</tr>`;
  });
  const hint = html`<p class="hint">Left: by the page. Closed: by the service, in order. Cut in time: when the old colour had been out of service for ${count(streams.withinSeconds)} s, which is streams.within.</p>`;
  return html`<h2>Open streams</h2><div class="scroll" id="streams" tabindex="0" role="region" aria-label="Open streams"><table class="bins classes"><thead><tr><td></td>${head}</tr></thead><tbody>${rows}</tbody></table></div>${hint}`;
}

function row(name: string, number: number, isBad = false): Markup {
  return html`<tr><th scope="row">${name}</th><td class="${isBad ? "bad" : ""}">${count(number)}</td></tr>`;
}

function reasons(errors: Record<string, number>): Markup[] {
  return Object.entries(errors).map(
    ([reason, times]) => html`<tr class="error"><th scope="row">${reason}</th><td>${count(times)}</td></tr>`,
  );
}

/** A table with a row for each service of each deploy; null for one deploy of one service, whose steps say it all. */
export function deployTable({ deploys, changes, services }: RehearsalReport): Markup | null {
  if (deploys.length < 2 && services.length < 2) return null;
  const rows = deploys.flatMap(({ services: own, releases, ok, startedAtMs, endedAtMs }, index) =>
    own.map((service, place) => {
      const change = changes.find((each) => each.deploy === index + 1 && each.service === service);
      const name = place === 0 ? html`<th scope="row">${ok ? "" : "✘ "}${index + 1}</th>` : html`<td></td>`;
      const took = place === 0 ? formatSeconds(endedAtMs - startedAtMs) : "";
      const mixed = change?.mixedMs == null ? "–" : formatMs(change.mixedMs);
      const what = change?.of === "jobs" ? " (jobs)" : "";
      return html`<tr>${name}<td class="words">${service} ${releases[service] ?? ""}</td><td>${took}</td><td>${mixed}${what}</td></tr>`;
    }),
  );
  return html`<h2>Deploys</h2><table class="deploys"><thead><tr><th scope="col">no.</th><th scope="col" class="words">release</th><th scope="col">took</th><th scope="col">side by side</th></tr></thead><tbody>${rows}</tbody></table>`;
}
