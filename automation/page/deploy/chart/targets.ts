import { scaleLinear } from "d3-scale";
import { COLOURS } from "../../../../components/core/colour-name";
import { drawChart, type Frame } from "../../kit/chart/frame";
import { drawLanes, lanesHeight } from "../../kit/chart/lanes";
import { counted, round } from "../../kit/format";
import { html, type Markup } from "../../kit/markup";
import type { PageModel, PageService, TargetCount } from "../model";

const NUMBER_PX = 16;

/** How many targets of each colour were healthy, and how many were not. */
export function drawTargets(frame: Frame, model: PageModel): Markup {
  const services = servicesWithTargets(model);
  const all = services.flatMap((name) => COLOURS.flatMap((colour) => targetsOf(model, name, colour)));
  const most = Math.max(1, ...all.map(({ healthy, others }) => healthy + others));
  const lanes = drawLanes(frame, services, ({ service, colour, top, bottom }) => {
    const y = scaleLinear([0, most], [bottom, top]);
    const counts = targetsOf(model, service, colour);
    return counts.flatMap((count, index) => {
      const start = frame.x(count.atMs);
      const width = frame.x(counts[index + 1]?.atMs ?? frame.durationMs) - start;
      const box = (kind: string, from: number, to: number) =>
        from === to
          ? []
          : [
              html`<rect class="area ${kind}" x="${round(start)}" y="${round(y(to))}" width="${round(Math.max(1, width))}" height="${round(y(from) - y(to))}"/>`,
            ];
      const { healthy, others } = count;
      const isRoomy = healthy > 0 && width >= NUMBER_PX && bottom - y(healthy) >= 13;
      const number = html`<text class="name" x="${round(start + width / 2)}" y="${round((bottom + y(healthy)) / 2)}" dy="0.35em" text-anchor="middle">${healthy}</text>`;
      return [...box(colour, 0, healthy), ...box("unhealthy", healthy, healthy + others), ...(isRoomy ? [number] : [])];
    });
  });
  const text = {
    id: "targets",
    title: "Healthy targets by colour",
    description: `At most ${counted(most, "target")} of one colour at a time.`,
  };
  return drawChart(frame, text, lanesHeight(services.length), lanes);
}

/** Names of the services whose targets were observed; a worker has none. */
export function servicesWithTargets({ services }: PageModel): string[] {
  const hasTargets = ({ colours }: PageService) => COLOURS.some((colour) => hasAny(colours[colour].targets));
  return Object.keys(services).filter((name) => hasTargets(services[name]!));
}

function hasAny(targets: readonly TargetCount[]): boolean {
  return targets.some(({ healthy, others }) => healthy + others > 0);
}

function targetsOf(model: PageModel, service: string, colour: "blue" | "green"): TargetCount[] {
  return model.services[service]!.colours[colour].targets;
}
