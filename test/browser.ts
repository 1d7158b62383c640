import axe from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import { findOnPath } from "../automation/pulumi-cli/find-on-path";

/** Screens that pages are made for. */
export const WIDTHS = { phone: 390, laptop: 1280 };
const SCHEMES = ["light", "dark"] as const;

const HEIGHT_PX = 900;
const NAMES = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/** The machine's own Chromium: CHROME_PATH, else on the PATH. Null if there is none. */
function chromiumPath(): string | null {
  return process.env.CHROME_PATH ?? NAMES.map((name) => findOnPath(name)).find(Boolean) ?? null;
}

/** Starts it, or skips the suite and says why. */
export async function browserOrSkip(suite: Mocha.Context): Promise<Browser> {
  const executablePath = chromiumPath();
  if (executablePath === null) {
    console.log("      no Chromium on this machine: install it (Debian: apt-get install chromium) or set CHROME_PATH");
    return suite.skip();
  }
  return chromium.launch({ executablePath });
}

export interface OpenedPage {
  page: Page;
  /** What the browser complained of: blocked by the policy, or thrown. */
  complaints: string[];
  /** Where it asked. */
  requests: string[];
}

/** @param width of the screen, in pixels */
export async function openPage(browser: Browser, url: string, width: number): Promise<OpenedPage> {
  // A context of its own would be a window of its own, which takes the browser longer than a tab.
  const context = browser.contexts()[0] ?? (await browser.newContext());
  const page = await context.newPage();
  await page.setViewportSize({ width, height: HEIGHT_PX });
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(url);
  return { page, complaints, requests };
}

/** Everything that axe has against the page in its light and its dark colours, one line each. */
export async function axeFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const faults: string[] = [];
  for (const scheme of SCHEMES) {
    await page.emulateMedia({ colorScheme: scheme });
    const violations = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
      return (await axe.run(document)).violations;
    });
    for (const { id, help, nodes } of violations)
      for (const { target, failureSummary } of nodes)
        faults.push(`${scheme}: ${id}: ${help}: ${target}: ${failureSummary}`);
  }
  return faults;
}

/** Pixels by which the page is wider than the screen. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
