import { html, type Markup } from "../markup";

const WORDS = { blue: "Blue", green: "Green", failed: "failed", sent: "sent", p50: "p50", p99: "p99" };

/** Swatches with words, for the caption of a chart. */
export function legend(entries: readonly (keyof typeof WORDS)[]): Markup {
  const items = entries.map((entry) => html`<span><i class="swatch ${entry}"></i>${WORDS[entry]}</span>`);
  return html`<span class="legend">${items}</span>`;
}
