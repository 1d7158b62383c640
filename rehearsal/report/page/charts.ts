import { drawAnswers } from "../chart/answers";
import { drawClasses } from "../chart/classes";
import { drawDns } from "../chart/dns";
import { drawFailures } from "../chart/failures";
import { createFrame, type Frame } from "../chart/frame";
import { drawInstances } from "../chart/instances";
import { drawLatency } from "../chart/latency";
import { legend } from "../chart/legend";
import { drawSteps } from "../chart/steps";
import type { Timeline } from "../timeline";
import { html, type Markup } from "./markup";

/** Drawn once for each class of screens, so that text keeps its size; page.css shows the one that fits. */
const WIDTHS = { phone: 350, tablet: 660, laptop: 1040 };

interface Chart {
  title: string;
  /** One sentence, what to look for. */
  hint: string;
  legend: Markup | null;
  draw: (frame: Frame) => Markup;
}

const CHARTS: readonly Chart[] = [
  { title: "Steps", hint: "What the deploy did when.", legend: null, draw: drawSteps },
  {
    title: "Requests per second",
    hint: "By the colour that answered.",
    legend: legend(["blue", "green", "failed"]),
    draw: drawAnswers,
  },
  {
    title: "By class of clients",
    hint: "honest follows DNS, sticky never asks DNS again, keepAlive keeps its connections.",
    legend: null,
    draw: drawClasses,
  },
  { title: "Failed requests per second", hint: "", legend: null, draw: drawFailures },
  {
    title: "DNS answers",
    hint: "Which load balancer clients were sent to, when they asked.",
    legend: null,
    draw: drawDns,
  },
  { title: "Instances", hint: "Running, by colour.", legend: null, draw: drawInstances },
  {
    title: "Latency",
    hint: "Counted from the instant at which a request was due.",
    legend: legend(["p50", "p99"]),
    draw: drawLatency,
  },
];

/** All charts, one below the other on one time axis. */
export function chartSection(timeline: Timeline): Markup {
  const frames = Object.entries(WIDTHS).map(([screen, width]) => ({ screen, frame: createFrame(timeline, width) }));
  return html`<section class="charts" aria-label="Charts on one time axis">${CHARTS.map(
    (chart) => html`<figure>
<figcaption><b>${chart.title}</b> <span class="hint">${chart.hint}</span>${chart.legend}</figcaption>
${frames.map(({ screen, frame }) => html`<div class="on-${screen}">${chart.draw(frame)}</div>`)}
</figure>`,
  )}<p class="axis-note">Seconds since the first request. The marked stretch is the cutover.</p></section>`;
}
