import { createFrame, type Frame, legend } from "../../kit/chart/frame";
import { html, type Markup } from "../../kit/markup";
import type { Part } from "../../kit/page";
import { marksOf } from "../chart/marks";
import { drawShares } from "../chart/shares";
import { drawSteps } from "../chart/steps";
import { drawTargets, servicesWithTargets } from "../chart/targets";
import type { PageModel } from "../model";

/** Each chart is drawn once for each class of screens, so that text keeps its size; page.css shows the one that fits. */
const WIDTHS = { phone: 350, tablet: 660, laptop: 1040 };
/** With more runs than that their services are not listed; the table has them. */
const MOST_NAMED_RUNS = 6;

export interface Chart {
  title: string;
  /** One sentence, what to look for. */
  hint: string;
  legend?: Markup;
  draw(frame: Frame): Markup;
}

export function stepsChart(model: PageModel): Chart {
  return { title: "Steps", hint: stepsHint(model), draw: (frame) => drawSteps(frame, model) };
}

/** Charts of the load balancers' weights and of the targets, each only if there is something to draw. */
export function routingCharts(model: PageModel): Chart[] {
  const shares: Chart = {
    title: "Production by weight",
    hint: "What part of production's requests the load balancers give each colour.",
    legend: legend(["blue", "green"]),
    draw: (frame) => drawShares(frame, model),
  };
  const targets: Chart = {
    title: "Targets",
    hint: "Healthy ones in their colour; grey: booting, being checked, draining or unhealthy.",
    draw: (frame) => drawTargets(frame, model),
  };
  const hasShares = Object.values(model.services).some((service) => service.shares.length > 0);
  return [...(hasShares ? [shares] : []), ...(servicesWithTargets(model).length > 0 ? [targets] : [])];
}

/** All charts, one below the other on the same time axis; empty before anything has happened. */
export function chartsPart(model: PageModel, charts: readonly Chart[], note: string): Part {
  if (model.runs.length === 0 && charts.length === 0) return { id: "charts", body: null };
  const frames = Object.entries(WIDTHS).map(([screen, width]) => ({
    screen,
    frame: createFrame({ durationMs: model.durationMs, marks: marksOf(model) }, width),
  }));
  const figures = charts.map(
    (chart) => html`<figure>
<figcaption><b>${chart.title}</b> <span class="hint">${chart.hint}</span>${chart.legend ?? null}</figcaption>
${frames.map(({ screen, frame }) => html`<div class="on-${screen}">${chart.draw(frame)}</div>`)}
</figure>`,
  );
  return {
    id: "charts",
    body: html`<h2 class="for-readers">What happened when</h2>${figures}<p class="axis-note">${note} ${marksNote(model)}</p>`,
  };
}

/** Says what the marked stretches are. */
function marksNote({ runs, faults }: PageModel): string {
  const cutovers = runs.flatMap(({ steps }) => steps).filter(({ name }) => name === "cutover").length;
  const isBack = runs.some(({ rollback }) => rollback);
  return [
    ...(cutovers > 1 ? ["The marked stretches are the cutovers."] : []),
    ...(cutovers === 1 ? ["The marked stretch is the cutover."] : []),
    ...(isBack ? ["Tinted, with amber steps: the rollback."] : []),
    ...(faults.length > 0 ? ["The line at the top: a fault was on."] : []),
  ].join(" ");
}

function stepsHint({ runs, services, isOver }: PageModel): string {
  if (runs.length < 2) return isOver ? "What the deploy did when." : "What the deploy does when.";
  if (Object.keys(services).length < 2 || runs.length > MOST_NAMED_RUNS) return "What the deploys did when.";
  return `Deploys: ${runs.map(({ asked }, index) => `${index + 1}\u00a0${Object.keys(asked).join(" + ")}`).join(" · ")}.`;
}
