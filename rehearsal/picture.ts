import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { findOnPath } from "../automation/pulumi-cli/find-on-path";

const PAGE = resolve("out/rehearsal/report.html");
const PICTURE = resolve("docs/pictures/rehearsal.png");
const WIDTH_PX = 1280;
/** From the headline down to this chart, that of requests. */
const LAST_CHART = 1;
const MARGIN_PX = 24;

/** `npm run picture`: the README's picture, from the last rehearsal's page. */
async function main(): Promise<void> {
  const executablePath = process.env.CHROME_PATH ?? findOnPath("chromium");
  if (!executablePath) throw new Error("no Chromium on the PATH: install it, or set CHROME_PATH");
  const browser = await chromium.launch({ executablePath });
  try {
    const page = await browser.newPage({ viewport: { width: WIDTH_PX, height: WIDTH_PX }, colorScheme: "light" });
    await page.goto(pathToFileURL(PAGE).href);
    await mkdir(dirname(PICTURE), { recursive: true });
    const last = await page.locator("figure").nth(LAST_CHART).boundingBox();
    const height = last!.y + last!.height + MARGIN_PX;
    await page.screenshot({ path: PICTURE, fullPage: true, clip: { x: 0, y: 0, width: WIDTH_PX, height } });
  } finally {
    await browser.close();
  }
}

void main();
