import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { html, Markup } from "./markup";

const HATCH = html`<svg width="0" height="0" aria-hidden="true" class="defs"><defs><pattern id="hatch" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="8" height="8" class="hatch-fill"/><rect width="2" height="8" class="hatch-line"/></pattern></defs></svg>`;

/** A page, live or kept. */
export interface Page {
  title: string;
  parts: Part[];
  footer: string;
}

/** A part of the page. Its place is there from the start, and stays empty while there is nothing to say. */
export interface Part {
  /** Unique in the page. */
  id: string;
  body: Markup | null;
  /** Screen readers read it out when it changes: for one short line. */
  isStatus?: boolean;
}

/** The page as a file to keep: the same HTML without the script that follows the run. */
export function keptPage(page: Page): string {
  return renderPage(page, { isLive: false });
}

/**
 * The page as one HTML document that loads nothing else.
 * @param isLive adds the script that takes updates from the page's server
 */
export function renderPage({ title, parts, footer }: Page, { isLive }: { isLive: boolean }): string {
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

/** HTML of a part; "" while it has nothing to say. */
export function bodyOf({ body }: Part): string {
  return body?.text ?? "";
}

function drawPlace(part: Part): Markup {
  const role = part.isStatus ? html` role="status"` : null;
  return html`<div class="part" id="${part.id}"${role}>${new Markup(bodyOf(part))}</div>`;
}

/**
 * Content security policy: the page is opened from disks, mails and CI artefacts, so it may load nothing and may run
 * only the scripts that are written in it. Only the live page may connect to its server.
 */
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
