import { COLOURS, type Colour } from "../../../../components/core/colour-name";
import { capitalised, counted } from "../../kit/format";
import { html, type Markup } from "../../kit/markup";
import type { Part } from "../../kit/page";
import type { PageModel, PageService } from "../model";

const BAR = { width: 100, height: 4 };

/** The two colours of each service: their releases, their share of production, and their targets' health. */
export function servicesPart({ services, isOver, startMs }: PageModel): Part {
  const known = Object.entries(services).filter(([, { active }]) => active !== null);
  if (known.length === 0) return { id: "services", body: null };
  const title = isOver ? "Production at the end" : "Production now";
  return {
    id: "services",
    body: html`<h2>${title}</h2><div class="services of-${Math.min(3, known.length)}">${known.map(([name, service]) => drawService(name, service, isOver, startMs))}</div>`,
  };
}

function drawService(name: string, service: PageService, isOver: boolean, startMs: number): Markup {
  const percent = service.shares.at(-1)?.percent;
  const target = service.names.at(-1);
  const seenAtMs = service.namesSeenAtMs;
  const asOf = seenAtMs === null ? "" : `, as of ${clockTime(startMs + seenAtMs)} UTC`;
  const dns = target
    ? html`<p class="hint">In DNS its name leads to the ${capitalised(target.colour)} load balancer${asOf}.</p>`
    : null;
  return html`<article class="service"><h3>${name}</h3>${percent ? shareBar(percent) : null}<div class="pair">${COLOURS.map((colour) => drawColour(colour, service, percent?.[colour], isOver))}</div>${dns}</article>`;
}

/** `12:03:11` */
function clockTime(unixMs: number): string {
  return new Date(unixMs).toISOString().slice("2026-11-25T".length, "2026-11-25T12:03:11".length);
}

/** A line in both colours; the numbers below it say the same. */
function shareBar(percent: Record<Colour, number>): Markup {
  const { width, height } = BAR;
  return html`<svg class="share" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" aria-hidden="true"><rect class="area blue" x="0" width="${percent.blue}" height="${height}"/><rect class="area green" x="${percent.blue}" width="${percent.green}" height="${height}"/></svg>`;
}

function drawColour(
  colour: Colour,
  { kind, active, colours }: PageService,
  share: number | undefined,
  isOver: boolean,
): Markup {
  const { release, size, targets } = colours[colour];
  const seen = targets.at(-1);
  const isGone = size === 0 && (isOver || seen === undefined || seen.healthy + seen.others === 0);
  const isActive = colour === active && release !== null;
  const takesMessages = kind === "worker" && release !== null && size > 0;
  const state = takesMessages ? "takes messages" : isActive ? "active" : "idle";
  const gets = share === undefined ? state : `${Math.round(share)} % of production`;
  const lines = [
    release === null ? "no release yet" : `release ${release}`,
    kind === "job" ? (isActive ? "runs by its schedule" : "does not run") : isGone ? "stopped" : runs(size, seen),
  ];
  return html`<div class="colour ${isActive ? "active" : ""}"><p><i class="swatch ${colour}" aria-hidden="true"></i><b>${capitalised(colour)}</b> <span class="gets">${gets}</span></p>${lines.map((line) => html`<p class="hint">${line}</p>`)}</div>`;
}

function runs(size: number, seen: { healthy: number; others: number } | undefined): string {
  if (!seen) return counted(size, "instance");
  const all = seen.healthy + seen.others;
  return `${seen.healthy} of ${Math.max(size, all)} targets healthy`;
}
