import { milliseconds, percent } from "../../../observe/analysis/rates";
import { count, counted, formatSeconds } from "../../kit/format";
import { html, type Markup } from "../../kit/markup";
import type { PageAnalysis, PageModel } from "../model";

/** The numbers by which the new release was analysed in production; null if it was not analysed. */
export function analysisTables({ runs, startMs }: PageModel): Markup | null {
  const analyses = runs.flatMap(({ analyses }, index) => analyses.map((one) => ({ ...one, run: index + 1 })));
  if (analyses.length === 0) return null;
  const many = runs.length > 1;
  const tables = analyses.map((one) => {
    const name = `${many ? `${one.run} · ` : ""}${one.service}, ${one.step}${one.share === null ? "" : ` ${one.share}\u00a0%`}`;
    return html`<h3>${name}</h3><p class="hint">${baselineSentence(one)}</p>${drawPeriods(one, startMs, name)}`;
  });
  return html`<h2 class="next">Analysis of the new release</h2>${tables}`;
}

function baselineSentence({ compare, old, maxErrorPercent, maxLatencyRatio }: PageAnalysis): string {
  const when = compare === "before" ? "Before the change" : "Meanwhile";
  const time = old.responseSeconds === null ? "" : `, ${milliseconds(old.responseSeconds)} on average`;
  const was =
    old.requests === 0
      ? "no requests to compare with"
      : `${counted(old.requests, "request")}, ${percent(old.errorPercent)} 5xx or no response${time}`;
  return `${when} the old release had ${was}. At most ${maxErrorPercent} percentage points more 5xx or no response and ${maxLatencyRatio} times the response time are allowed.`;
}

function drawPeriods(
  { periods, periodSeconds, old, maxErrorPercent }: PageAnalysis,
  startMs: number,
  name: string,
): Markup {
  const rows = periods.map((period) => {
    const { requests, errors, ended, responseSeconds } = period;
    const share = requests === 0 ? 0 : (errors / requests) * 100;
    const isBad = share > old.errorPercent + maxErrorPercent;
    const from = Math.max(0, period.startMs - startMs);
    // On a phone the number would stand above its sign.
    const shareText = percent(share).replace(" ", "\u00a0");
    return html`<tr><th scope="row">${formatSeconds(from)}</th><td>${count(requests)}</td><td class="${isBad ? "bad" : ""}">${shareText}</td><td>${count(Math.max(0, requests - ended))}</td><td>${responseSeconds === null ? "–" : milliseconds(responseSeconds)}</td></tr>`;
  });
  const head = [`${periodSeconds} s from`, "requests", "5xx", "no response yet", "average"].map(
    (word) => html`<th scope="col">${word}</th>`,
  );
  return html`<table aria-label="${name}: periods"><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table>`;
}
