import { createFrame, type Frame } from "../../kit/chart/frame";
import { legend } from "../../kit/chart/legend";
import { html, type Markup } from "../../kit/markup";
import type { Part } from "../../kit/part";
import { drawShares } from "../chart/shares";
import { drawSteps } from "../chart/steps";
import { drawTargets, watchedServices } from "../chart/targets";
import type { PageModel } from "../model";

/** Drawn once for each class of screens, so that text keeps its size; page.css shows the one that fits. */
const WIDTHS = { phone: 350, tablet: 660, laptop: 1040 };
/** More would be a list that nobody reads; the table has them all. */
const MOST_NAMED_RUNS = 6;

export interface Chart {
  title: string;
  /** One sentence, what to look for. */
  hint: string;
  legend?: Markup;
  draw(frame: Frame): Markup;
}

export function stepsChart(model: PageModel): Chart {
  return { title: "Steps", hint: stepsHint(model), draw: drawSteps };
}

/** What a run changes, from the balancers' weights to the targets; each only if there is something to draw. */
export function routingCharts(model: PageModel): Chart[] {
  const shares: Chart = {
    title: "Production by weight",
    hint: "What part of production's requests the load balancers give each colour.",
    legend: legend(["blue", "green"]),
    draw: drawShares,
  };
  const targets: Chart = {
    title: "Targets",
    hint: "Healthy ones in their colour; grey: booting, being checked, draining or unhealthy.",
    draw: drawTargets,
  };
  const hasShares = Object.values(model.services).some((service) => service.shares.length > 0);
  return [...(hasShares ? [shares] : []), ...(watchedServices(model).length > 0 ? [targets] : [])];
}

/** All charts, one below the other on one time axis. Nothing before something happened. */
export function chartsPart(model: PageModel, charts: readonly Chart[], note: string): Part {
  if (model.runs.length === 0 && charts.length === 0) return { id: "charts", body: null };
  const frames = Object.entries(WIDTHS).map(([screen, width]) => ({ screen, frame: createFrame(model, width) }));
  const figures = charts.map(
    (chart) => html`<figure>
<figcaption><b>${chart.title}</b> <span class="hint">${chart.hint}</span>${chart.legend ?? null}</figcaption>
${frames.map(({ screen, frame }) => html`<div class="on-${screen}">${chart.draw(frame)}</div>`)}
</figure>`,
  );
  return {
    id: "charts",
    body: html`<h2 class="for-readers">What happened when</h2>${figures}<p class="axis-note">${note} ${marks(model)}</p>`,
  };
}

/** What the marked stretches are. */
function marks({ runs, faults }: PageModel): string {
  const cutovers = runs.flatMap(({ steps }) => steps).filter(({ name }) => name === "cutover").length;
  const isBack = runs.some(({ turned }) => turned);
  return [
    ...(cutovers > 1 ? ["The marked stretches are the cutovers."] : []),
    ...(cutovers === 1 ? ["The marked stretch is the cutover."] : []),
    ...(isBack ? ["Tinted, with amber steps: the way back."] : []),
    ...(faults.length > 0 ? ["The line at the top: a fault was on."] : []),
  ].join(" ");
}

function stepsHint({ runs, services, isOver }: PageModel): string {
  if (runs.length < 2) return isOver ? "What the deploy did when." : "What the deploy does when.";
  if (Object.keys(services).length < 2 || runs.length > MOST_NAMED_RUNS) return "What the deploys did when.";
  return `Deploys: ${runs.map(({ asked }, index) => `${index + 1}\u00a0${Object.keys(asked).join(" + ")}`).join(" · ")}.`;
}
