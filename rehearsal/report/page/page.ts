import { hoverData } from "../../../automation/page/deploy/hover-data";
import type { PageModel } from "../../../automation/page/deploy/model";
import { analysisTables } from "../../../automation/page/deploy/parts/analyses";
import { chartsPart, routingCharts, stepsChart } from "../../../automation/page/deploy/parts/charts";
import { faultSentence, faultTable } from "../../../automation/page/deploy/parts/faults";
import { facts, head, timeOf, verdict } from "../../../automation/page/deploy/parts/head";
import { nowPart } from "../../../automation/page/deploy/parts/now";
import { servicesPart } from "../../../automation/page/deploy/parts/services";
import { stepTable } from "../../../automation/page/deploy/parts/steps";
import { headlineOf, productionOf, rollbackSentence, verdictOf } from "../../../automation/page/deploy/sentences";
import { html, type Markup } from "../../../automation/page/kit/markup";
import type { Page, Part } from "../../../automation/page/kit/page";
import { askedText } from "../asked";
import { headlineOf as headlineOfReport } from "../headline";
import type { Timeline } from "../timeline";
import type { RehearsalReport, RehearsalSettings } from "../types";
import { cloudCharts, trafficCharts } from "./charts";
import { hoverLines } from "./hover-lines";
import { changeSentence, hasDeploys, keyNumbers, numbersSoFar, verdictOfReport } from "./story";
import { binTable, classTable, stepSummaryTable } from "./tables";
import { deployTable, runTable, streamTable, workTable } from "./work-tables";

/** What a rehearsal's page is made of. */
export interface RehearsalView extends RehearsalSettings {
  /** Times count from the first request. */
  model: PageModel;
  /** Null before the first request. */
  timeline: Timeline | null;
  /** Null while the rehearsal goes on: some of it is known only at the end. */
  report: RehearsalReport | null;
}

const MOST_LISTED_DEPLOYS = 2;

/** A page like that of a deploy, with what its clients got; the same while it goes on and when it has ended. */
export function rehearsalPage(view: RehearsalView): Page {
  const { model, timeline, report } = view;
  const headline = report ? headlineOfReport(report) : runningHeadline(model);
  return {
    title: headline,
    parts: [
      { id: "head", body: head("rehearsal", headline) },
      { id: "status", body: verdict(report ? verdictOfReport(report) : verdictOf(model)), isStatus: true },
      { id: "lead", body: html`${lead(view)}${facts(factsOf(view))}` },
      nowPart(model),
      { id: "numbers", body: report ? keyNumbers(report) : timeline && numbersSoFar(timeline) },
      servicesPart(model),
      timeline ? chartsPart(model, chartsOf(model, timeline), "Seconds since the first request.") : empty("charts"),
      { id: "tables", body: timeline && tables(view) },
      { id: "numbers-behind", body: report && timeline && numbersBehind(timeline) },
      { id: "hover", body: timeline && hoverData(model, hoverLines(timeline), timeline.binMs) },
    ],
    footer:
      "A rehearsal runs the real deploy against a stand-in of AWS on one machine. Latencies are those of that machine, not of AWS.",
  };
}

function runningHeadline(model: PageModel): string {
  return model.runs.length === 0 && !model.isOver ? "A rehearsal is getting ready" : headlineOf(model);
}

function lead({ model, report }: RehearsalView): Markup | null {
  const run = model.runs.at(-1);
  const faults = faultSentence(model);
  const sentences = [
    report
      ? changeSentence(report)
      : run
        ? [rollbackSentence(run), productionOf(model, run)].filter(Boolean).join(" ")
        : "",
    faults === "" ? "" : `Faults of the cloud were switched on: ${faults}.`,
  ];
  const text = sentences.filter(Boolean).join(" ");
  return text === "" ? null : html`<p class="lead">${text}</p>`;
}

function chartsOf(model: PageModel, timeline: Timeline) {
  const steps = model.runs.length > 0 ? [stepsChart(model)] : [];
  return [...steps, ...trafficCharts(timeline), ...routingCharts(model), ...cloudCharts(timeline)];
}

function tables({ model, report }: RehearsalView): Markup {
  const clients = report && html`<h2>Clients</h2>${classTable(report)}${streamTable(report)}`;
  if (report && !hasDeploys(report)) return clients!;
  const steps = html`<h2>Steps</h2>${stepsOf(model, report)}${analysisTables(model)}${faultTable(model)}`;
  if (!report) return steps;
  const work = [workTable(report), runTable(report)].filter((table) => table !== null);
  const deploys = deployTable(report);
  if (work.length === 0 && !deploys) return html`${clients}${steps}`;
  return html`${clients}<div class="columns"><div>${work}</div><div>${deploys}${steps}</div></div>`;
}

/** Ten deploys have eighty steps: then a summary comes first, and all steps are folded away. */
function stepsOf(model: PageModel, report: RehearsalReport | null): Markup {
  if (!report || model.runs.length <= MOST_LISTED_DEPLOYS) return stepTable(model);
  const all = `All ${report.steps.length} steps of ${report.deploys.length} deploys`;
  return html`${stepSummaryTable(report)}<details id="all-steps"><summary>${all}</summary>${stepTable(model)}</details>`;
}

function numbersBehind(timeline: Timeline): Markup {
  return html`<details class="wide" id="all-numbers"><summary>The numbers behind the charts</summary>${binTable(timeline)}</details>`;
}

function factsOf({ model, report, services, cutover, drainSeconds, ratePerSecond, speed }: RehearsalView): string[] {
  const asked = report ? askedText(report) : "";
  return [
    timeOf(model.startMs),
    services.join(", "),
    ...(asked === "" ? [] : [`requests: ${asked}`]),
    cutover === "routed" ? "cutover on load balancers, then DNS" : "cutover by DNS alone",
    `drain ${drainSeconds} s`,
    `${ratePerSecond.toLocaleString("en-US")} requests/s`,
    speed === 1 ? "real time" : `time runs ${speed}\u00a0:\u00a01`,
  ];
}

function empty(id: string): Part {
  return { id, body: null };
}
