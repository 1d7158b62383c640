import { formatSeconds } from "../../kit/format";
import { html } from "../../kit/markup";
import type { Part } from "../../kit/page";
import type { PageModel } from "../model";

/** The step that runs, and how far it is by its expected time; empty if no step runs. */
export function nowPart({ runs, durationMs, isOver, notice }: PageModel): Part {
  const run = runs.at(-1);
  const step = isOver ? undefined : run?.steps.findLast(({ endedAtMs }) => endedAtMs === null);
  if (!run || !step) return { id: "now", body: isOver || notice === "" ? null : html`<p class="note">${notice}</p>` };
  const planned = run.planned.find((one) => one.step === step.name && (one.share ?? null) === step.share);
  const took = durationMs - step.startedAtMs;
  const expectedMs = (planned?.expectedSeconds ?? 0) * 1000;
  const bar =
    !run.rollback && expectedMs > 0
      ? html`<progress max="${expectedMs}" value="${Math.min(took, expectedMs)}" aria-label="Time of this step"></progress>`
      : null;
  const of = bar ? ` of about ${formatSeconds(expectedMs)}` : "";
  const share = step.share === null ? "" : ` (${step.share} %)`;
  return {
    id: "now",
    body: html`<div class="now"><h2>Now: ${step.name}${share}</h2><p>${formatSeconds(took)}${of}</p>${bar}<p class="progress">${step.progress}</p></div>`,
  };
}
