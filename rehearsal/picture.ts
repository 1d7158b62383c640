import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { findOnPath } from "../automation/pulumi-cli/find-on-path";

const PAGE = resolve("out/rehearsal/report.html");
const PICTURE = resolve("docs/pictures/rehearsal.png");
/** As wide as a README is shown, and down to the charts of requests. */
const SIZE = { width: 1280, height: 1180 };

/** `npm run picture`: the README's picture, from the last rehearsal's page. */
async function main(): Promise<void> {
  const executablePath = process.env.CHROME_PATH ?? findOnPath("chromium");
  if (!executablePath) throw new Error("no Chromium on the PATH: install it, or set CHROME_PATH");
  const browser = await chromium.launch({ executablePath });
  try {
    const page = await browser.newPage({ viewport: SIZE, colorScheme: "light" });
    await page.goto(pathToFileURL(PAGE).href);
    await mkdir(dirname(PICTURE), { recursive: true });
    await page.screenshot({ path: PICTURE });
  } finally {
    await browser.close();
  }
}

void main();
