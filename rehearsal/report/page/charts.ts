import { CALLER, CORE, WORKER } from "../../traffic/streams";
import { drawAnswers } from "../chart/answers";
import { drawCalls } from "../chart/calls";
import { drawClasses } from "../chart/classes";
import { drawDns } from "../chart/dns";
import { drawFailures } from "../chart/failures";
import { createFrame, type Frame } from "../chart/frame";
import { drawInstances } from "../chart/instances";
import { drawJobs } from "../chart/jobs";
import { drawLatency } from "../chart/latency";
import { legend } from "../chart/legend";
import { drawSteps } from "../chart/steps";
import type { Timeline } from "../timeline";
import type { WorkBin } from "../work-bins";
import { html, type Markup } from "./markup";

/** Drawn once for each class of screens, so that text keeps its size; page.css shows the one that fits. */
const WIDTHS = { phone: 350, tablet: 660, laptop: 1040 };

interface Chart {
  title: string;
  /** One sentence, what to look for. */
  hint: string;
  legend?: Markup;
  draw: (frame: Frame) => Markup;
}

/** More would be a list that nobody reads; the table has them all. */
const MOST_NAMED_DEPLOYS = 6;

/** From what was done to what came of it: where several services run, each has its own chart of requests. */
function chartsOf(timeline: Timeline): Chart[] {
  const { apis, services, work } = timeline;
  const many = services.length > 1;
  return [
    { title: "Steps", hint: stepsHint(timeline), draw: drawSteps },
    ...apis.map((api) => ({
      title: many ? `Requests to ${api.service} per second` : "Requests per second",
      hint: "By the colour that answered.",
      legend: legend(["blue", "green", "failed"]),
      draw: (frame: Frame) => drawAnswers(frame, api),
    })),
    ...apis
      .filter(({ streams }) => streams.length > 1)
      .map((api) => ({
        title: many ? `${api.service} by class of clients` : "By class of clients",
        hint: "honest follows DNS, sticky never asks DNS again, keepAlive keeps its connections.",
        draw: (frame: Frame) => drawClasses(frame, api),
      })),
    ...(work ? workCharts(timeline, withoutStub(work, timeline)) : []),
    { title: "Failed requests per second", hint: "", draw: drawFailures },
    { title: "DNS answers", hint: "Which load balancer clients were sent to, when they asked.", draw: drawDns },
    { title: "Instances", hint: "Running, by colour.", draw: drawInstances },
    {
      title: "Latency",
      hint: "Counted from the instant at which a request was due.",
      legend: legend(["p50", "p99"]),
      draw: drawLatency,
    },
  ];
}

function workCharts({ services }: Timeline, work: readonly WorkBin[]): Chart[] {
  const calls: Chart = {
    title: `Internal calls of ${CALLER} per second`,
    hint: `Its POSTs, by the colour of ${CORE} that took them.`,
    legend: legend(["blue", "green", "failed"]),
    draw: (frame) => drawCalls(frame, work),
  };
  const jobs: Chart = {
    title: "Jobs per second",
    hint: `Sent by ${CALLER}, done by the colours of ${WORKER}; below, how many wait.`,
    legend: legend(["blue", "green", "sent"]),
    draw: (frame) => drawJobs(frame, work),
  };
  return services.includes(WORKER) ? [calls, jobs] : [calls];
}

/** The rate in a last bin of a few milliseconds is noise. */
function withoutStub(work: readonly WorkBin[], { binMs }: Timeline): WorkBin[] {
  return work.filter(({ widthMs, calls }, index) => index === 0 || widthMs >= binMs / 2 || calls.failed > 0);
}

function stepsHint({ deploys, services }: Timeline): string {
  if (deploys.length < 2) return "What the deploy did when.";
  if (services.length < 2 || deploys.length > MOST_NAMED_DEPLOYS) return "What the deploys did when.";
  return `Deploys: ${deploys.map((deploy, index) => `${index + 1}\u00a0${deploy.services.join(" + ")}`).join(" · ")}.`;
}

/** All charts, one below the other on one time axis. */
export function chartSection(timeline: Timeline): Markup {
  const frames = Object.entries(WIDTHS).map(([screen, width]) => ({ screen, frame: createFrame(timeline, width) }));
  const marked =
    timeline.deploys.length > 1 ? "The marked stretches are the cutovers." : "The marked stretch is the cutover.";
  return html`<section class="charts" aria-label="Charts on one time axis">${chartsOf(timeline).map(
    (chart) => html`<figure>
<figcaption><b>${chart.title}</b> <span class="hint">${chart.hint}</span>${chart.legend ?? null}</figcaption>
${frames.map(({ screen, frame }) => html`<div class="on-${screen}">${chart.draw(frame)}</div>`)}
</figure>`,
  )}<p class="axis-note">Seconds since the first request. ${marked}</p></section>`;
}
