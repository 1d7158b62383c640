import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { html, Markup } from "./markup";
import type { Part } from "./part";

const HATCH = html`<svg width="0" height="0" aria-hidden="true" class="defs"><defs><pattern id="hatch" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="8" height="8" class="hatch-fill"/><rect width="2" height="8" class="hatch-line"/></pattern></defs></svg>`;

export interface PageOptions {
  title: string;
  parts: readonly Part[];
  footer: string;
  /** The server's page follows the run; a kept one is as it is. */
  isLive: boolean;
}

/** One file that needs nothing else, live or kept: what a browser shows of it is the same. */
export function renderPage({ title, parts, footer, isLive }: PageOptions): string {
  const style = `${asset("charts.css")}${asset("page.css")}`;
  const scripts = [asset("hover.js"), ...(isLive ? [asset("live.js")] : [])];
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${policy(style, scripts, isLive)}">
<link rel="icon" href="data:,">
<title>${title} · aoshingo</title>
<style>${new Markup(style)}</style>
</head>
<body>
${HATCH}
<main>
${parts.map(drawPlace)}
</main>
<footer><p>${footer}</p>${isLive ? html`<p id="connection" role="status"></p>` : null}</footer>
<div id="tooltip" hidden></div>
${scripts.map((script) => html`<script>${new Markup(script)}</script>`)}
</body>
</html>
`.text;
}

/** What stands in a part's place. */
export function bodyOf({ body }: Part): string {
  return body?.text ?? "";
}

function drawPlace(part: Part): Markup {
  const role = part.isStatus ? html` role="status"` : null;
  return html`<div class="part" id="${part.id}"${role}>${new Markup(bodyOf(part))}</div>`;
}

/** Nothing may be loaded: the page is opened from disks, mails and CI artefacts. Only what is written in it runs, and only the live page asks its server. */
function policy(style: string, scripts: readonly string[], isLive: boolean): string {
  return [
    "default-src 'none'",
    `style-src ${hashOf(style)}`,
    `script-src ${scripts.map(hashOf).join(" ")}`,
    "img-src data:",
    ...(isLive ? ["connect-src 'self'"] : []),
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

function asset(name: string): string {
  return readFileSync(join(__dirname, name), "utf8");
}
