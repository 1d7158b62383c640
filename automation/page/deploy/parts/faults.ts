import { formatSeconds } from "../../kit/format";
import { html, type Markup } from "../../kit/markup";
import type { PageFault, PageModel } from "../model";

const MAX_SHOWN = 3;

/** The faults that were injected into the cloud, when they were on and what they injected; null if there were none. */
export function faultTable({ faults }: PageModel): Markup | null {
  if (faults.length === 0) return null;
  return html`<h2 class="next">Faults of the cloud</h2><p class="hint">Injected on purpose, to see how the deploy copes.</p><table><thead><tr><th scope="col">fault</th><th scope="col">from</th><th scope="col">to</th><th scope="col" class="words">struck</th></tr></thead><tbody>${faults.map(drawFault)}</tbody></table>`;
}

function drawFault({ kind, parameters, fromMs, toMs, strikes }: PageFault): Markup {
  const first = strikes.slice(0, MAX_SHOWN).map(({ atMs, where }) => `${withShortIds(where)} (${formatSeconds(atMs)})`);
  const more = strikes.length - first.length;
  const injected = strikes.length === 0 ? "nothing" : `${first.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  return html`<tr><th scope="row">${kind}</th><td>${formatSeconds(fromMs)}</td><td>${toMs === null ? "–" : formatSeconds(toMs)}</td><td class="words">${parameters === "" ? "" : `${parameters}: `}${injected}</td></tr>`;
}

/** Shortens task ids: the first digits are enough to find one. */
function withShortIds(where: string): string {
  return where.replace(/\b([0-9a-f]{8})[0-9a-f]{24}\b/g, "$1…");
}

/** `launchFailure injected 2 times`; "" if no fault was injected. */
export function faultSentence({ faults }: Pick<PageModel, "faults">): string {
  const injected = faults.filter(({ strikes }) => strikes.length > 0);
  return injected
    .map(({ kind, strikes }) => `${kind} injected ${strikes.length === 1 ? "once" : `${strikes.length} times`}`)
    .join(", ");
}
