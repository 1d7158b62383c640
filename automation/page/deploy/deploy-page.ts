import { html } from "../kit/markup";
import { renderPage } from "../kit/page";
import type { Part } from "../kit/part";
import { hoverData } from "./hover-data";
import type { PageModel } from "./model";
import { chartsPart, routingCharts, stepsChart } from "./parts/charts";
import { headParts } from "./parts/head";
import { judgedTables } from "./parts/judged";
import { nowPart } from "./parts/now";
import { servicesPart } from "./parts/services";
import { stepTable } from "./parts/steps";
import { headlineOf } from "./words";

/** The page of one run, live or kept. */
export interface Page {
  title: string;
  parts: Part[];
  footer: string;
}

export function deployPage(model: PageModel): Page {
  const charts = model.runs.length > 0 ? [stepsChart(model), ...routingCharts(model)] : [];
  return {
    title: headlineOf(model),
    parts: [
      ...headParts(model),
      nowPart(model),
      servicesPart(model),
      chartsPart(model, charts, "Seconds since the run began."),
      {
        id: "tables",
        body: model.runs.length > 0 ? html`<h2>Steps</h2>${stepTable(model)}${judgedTables(model)}` : null,
      },
      { id: "hover", body: hoverData(model) },
    ],
    footer: "What the deploy did and saw. Targets are those of the load balancers' own health checks.",
  };
}

/** The file that is kept. */
export function keptPage(page: Page): string {
  return renderPage({ ...page, isLive: false });
}
