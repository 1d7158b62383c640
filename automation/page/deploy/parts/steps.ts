import { formatSeconds } from "../../kit/format";
import { html, type Markup } from "../../kit/markup";
import type { PageModel, PageRun, PageStep } from "../model";

/** A row for each step that ran, for the beginning of a rollback, and for each step that is still to come. */
export function stepTable(model: PageModel): Markup {
  const rows = model.runs.flatMap((run, index) => rowsOf(run, model, model.runs.length > 1 ? `${index + 1} · ` : ""));
  return html`<table class="steps"><thead><tr><th scope="col">step</th><th scope="col">from</th><th scope="col">took</th><th scope="col" class="words">seen</th></tr></thead><tbody>${rows}</tbody></table>`;
}

function rowsOf(run: PageRun, model: PageModel, prefix: string): Markup[] {
  const rows = run.steps.map((step) => drawStep(step, model, prefix));
  if (run.rollback) {
    const at = run.steps.filter(({ startedAtMs }) => startedAtMs < run.rollback!.atMs).length;
    rows.splice(at, 0, drawRollback(run, prefix));
  }
  return [...rows, ...stepsToCome(run, model).map((step) => drawPlanned(step, prefix))];
}

function drawStep(step: PageStep, { durationMs }: PageModel, prefix: string): Markup {
  const { name, title, share, ok, isRollback, startedAtMs, endedAtMs } = step;
  const mark = ok === null ? "● " : ok ? "" : "✘ ";
  const percent = share === null ? "" : ` ${share}\u00a0%`;
  const took = formatSeconds((endedAtMs ?? durationMs) - startedAtMs);
  const kind = ok === false ? "bad" : isRollback ? "back" : "";
  return html`<tr class="${kind}"><th scope="row">${mark}${prefix}${name}${percent}</th><td>${formatSeconds(startedAtMs)}</td><td>${took}</td><td class="words"><span class="what">${title}.</span> ${ok === null ? step.progress : step.detail}</td></tr>`;
}

/** The step that failed has given the reason already. */
function drawRollback({ rollback }: PageRun, prefix: string): Markup {
  const { atMs, step, reason } = rollback!;
  const words = step === null ? reason : "Production goes back to the releases that were active before.";
  return html`<tr class="turn"><th scope="row">↩ ${prefix}rolling back</th><td>${formatSeconds(atMs)}</td><td></td><td class="words">${words}</td></tr>`;
}

function stepsToCome({ planned, steps, rollback, ended }: PageRun, { isOver }: PageModel): PageRun["planned"] {
  if (rollback || ended || isOver) return [];
  return planned.filter(({ step, share }) => !steps.some((one) => one.name === step && one.share === (share ?? null)));
}

function drawPlanned({ step, title, share, expectedSeconds }: PageRun["planned"][number], prefix: string): Markup {
  const percent = share === undefined ? "" : ` ${share}\u00a0%`;
  return html`<tr class="to-come"><th scope="row">${prefix}${step}${percent}</th><td></td><td></td><td class="words"><span class="what">${title}:</span> to come, about ${formatSeconds(expectedSeconds * 1000)}</td></tr>`;
}
