import { html } from "../kit/markup";
import type { Page } from "../kit/page";
import { hoverData } from "./hover-data";
import type { PageModel } from "./model";
import { analysisTables } from "./parts/analyses";
import { chartsPart, routingCharts, stepsChart } from "./parts/charts";
import { headParts } from "./parts/head";
import { nowPart } from "./parts/now";
import { servicesPart } from "./parts/services";
import { stepTable } from "./parts/steps";
import { headlineOf } from "./sentences";

/** The page of one run, live or kept. */
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
        body: model.runs.length > 0 ? html`<h2>Steps</h2>${stepTable(model)}${analysisTables(model)}` : null,
      },
      { id: "hover", body: hoverData(model) },
    ],
    footer: "What the deploy did and observed. Health of targets is as the load balancers report it.",
  };
}
