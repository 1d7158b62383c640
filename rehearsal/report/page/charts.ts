import type { Chart } from "../../../automation/page/deploy/parts/charts";
import { type Frame, legend } from "../../../automation/page/kit/chart/frame";
import { CALLER, CORE, WORKER } from "../../traffic/streams";
import { drawAnswers } from "../chart/answers";
import { drawCalls } from "../chart/calls";
import { drawClasses } from "../chart/classes";
import { drawDns } from "../chart/dns";
import { drawFailures } from "../chart/failures";
import { drawInstances } from "../chart/instances";
import { drawJobs } from "../chart/jobs";
import { drawLatency } from "../chart/latency";
import type { Timeline } from "../timeline";
import type { WorkBin } from "../work-bins";

/** What the names of classes mean, for those that have several. */
const CLASSES_HINT =
  "honest follows DNS, sticky never asks DNS again, keepAlive keeps its connections, http2 follows DNS and speaks HTTP/2, hosts follows DNS and asks for the service's own hosts. Answers of short and long last shorter and longer than the deregistration delay; an upload has 10 MB.";

/** The charts of what clients got; where several services run, each has its own chart of requests. */
export function trafficCharts(timeline: Timeline): Chart[] {
  const { services, work, hasColours } = timeline;
  const many = services.length > 1;
  const apis = hasColours ? timeline.apis : [];
  return [
    ...apis.map((api) => ({
      title: many ? `Requests to ${api.service} per second` : "Requests per second",
      hint: "By the colour that answered.",
      legend: legend(["blue", "green", "failed"]),
      draw: (frame: Frame) => drawAnswers(frame, timeline, api),
    })),
    ...apis
      .filter(({ streams }) => streams.length > 1)
      .map((api) => ({
        title: many ? `${api.service} by class of clients` : "By class of clients",
        hint: CLASSES_HINT,
        draw: (frame: Frame) => drawClasses(frame, timeline, api),
      })),
    { title: "Failed requests per second", hint: "", draw: (frame) => drawFailures(frame, timeline) },
    ...(work ? workCharts(timeline, withoutStub(work, timeline)) : []),
  ];
}

/** The charts of DNS answers, instances and latencies. */
export function cloudCharts(timeline: Timeline): Chart[] {
  const instances: Chart = {
    title: "Instances",
    hint: "Running, by colour.",
    draw: (frame) => drawInstances(frame, timeline),
  };
  return [
    {
      title: "DNS answers",
      hint: "Which load balancer clients were sent to, when they asked.",
      draw: (frame) => drawDns(frame, timeline),
    },
    ...(timeline.hasColours ? [instances] : []),
    {
      title: "Latency",
      hint: "Counted from the instant at which a request was due.",
      legend: legend(["p50", "p99"]),
      draw: (frame) => drawLatency(frame, timeline),
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

/** The bins without a last one of a few milliseconds, whose rate is noise. */
function withoutStub(work: readonly WorkBin[], { binMs }: Timeline): WorkBin[] {
  return work.filter(({ widthMs, calls }, index) => index === 0 || widthMs >= binMs / 2 || calls.failed > 0);
}
