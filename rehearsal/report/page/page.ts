import { readFileSync } from "node:fs";
import { join } from "node:path";
import { headlineOf } from "../headline";
import type { Timeline } from "../timeline";
import type { RehearsalReport } from "../types";
import { chartSection } from "./charts";
import { hoverData } from "./hover-data";
import { html, Markup } from "./markup";
import { changeSentence, keyNumbers, verdict } from "./story";
import { binTable, classTable, stepSummaryTable, stepTable } from "./tables";
import { deployTable, workTable } from "./work-tables";

/** Nothing may be loaded: the page is opened from disks, mails and CI artefacts. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

const HATCH = html`<svg width="0" height="0" aria-hidden="true" class="defs"><defs><pattern id="hatch" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="8" height="8" class="hatch-fill"/><rect width="2" height="8" class="hatch-line"/></pattern></defs></svg>`;

const MOST_LISTED_DEPLOYS = 2;

/** report.html: one file that needs nothing else. */
export function renderPage(report: RehearsalReport, timeline: Timeline): string {
  const headline = headlineOf(report);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<link rel="icon" href="data:,">
<title>${headline} · aoshingo</title>
<style>${asset("charts.css")}${asset("page.css")}</style>
</head>
<body>
${HATCH}
<main>
<header>
<p class="brand"><span class="signal" aria-hidden="true"><i></i><i></i></span>aoshingo <span>rehearsal</span></p>
<h1>${headline}</h1>
${verdict(report)}
<p class="lead">${changeSentence(report)}</p>
<p class="facts">${factsOf(report)}</p>
</header>
${keyNumbers(report)}
${chartSection(timeline)}
<section class="side-by-side">
<div><h2>Clients</h2>${classTable(report)}${workTable(report)}</div>
<div>${deployTable(report)}<h2>Steps</h2>${stepsOf(report)}</div>
</section>
<details class="wide"><summary>The numbers behind the charts</summary>${binTable(timeline)}</details>
<footer><p>A rehearsal runs the real deploy against a stand-in of AWS on one machine. Latencies are those of that machine, not of AWS.</p></footer>
</main>
<div id="tooltip" hidden></div>
${hoverData(timeline)}
<script>${asset("hover.js")}</script>
</body>
</html>
`.text;
}

/** Ten deploys have eighty steps: what is typical first, the rest on request. */
function stepsOf(report: RehearsalReport): Markup {
  if (report.deploys.length <= MOST_LISTED_DEPLOYS) return stepTable(report);
  const all = `All ${report.steps.length} steps of ${report.deploys.length} deploys`;
  return html`${stepSummaryTable(report)}<details><summary>${all}</summary>${stepTable(report)}</details>`;
}

function factsOf(report: RehearsalReport): Markup[] {
  const day = report.firstRequestAt.slice(0, 16).replace("T", " ");
  const facts = [
    `${day} UTC`,
    report.services.join(", "),
    report.cutover === "routed" ? "cutover on load balancers, then DNS" : "cutover by DNS alone",
    `drain ${report.drainSeconds} s`,
    `${report.ratePerSecond.toLocaleString("en-US")} requests/s`,
    report.speed === 1 ? "real time" : `time runs ${report.speed}\u00a0:\u00a01`,
  ];
  return facts.map((fact) => html`<span>${fact}</span> `);
}

function asset(name: string): Markup {
  return new Markup(readFileSync(join(__dirname, name), "utf8"));
}
