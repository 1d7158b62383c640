import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Command } from "commander";
import { chromium } from "playwright-core";
import { EXIT_FAILED, endWith } from "../automation/core/process/command-end";
import { findOnPath } from "../automation/pulumi-cli/find-on-path";
import { UserError } from "../components/core/user-error";

const WIDTH_PX = 1280;
/** The picture reaches from the headline down to this chart, that of requests. */
const LAST_CHART = 1;
const MARGIN_PX = 24;

interface Options {
  directory: string;
  file: string;
}

/** `npm run picture` */
const program = new Command("picture")
  .description("Take the README's picture of a rehearsal's page with the machine's own Chromium")
  .option("--directory <path>", "folder of the rehearsal", "out/rehearsal")
  .option("--file <path>", "file of the picture", "docs/pictures/rehearsal.png")
  .addHelpText(
    "after",
    `
Example:
  npm run picture -- --directory out/rehearsal

Exit codes: 0 done, 1 there is no page or no Chromium, 2 wrong use`,
  )
  .exitOverride()
  .action(run);

async function run({ directory, file }: Options): Promise<void> {
  const executablePath = process.env.CHROME_PATH ?? findOnPath("chromium");
  if (!executablePath) throw missing("no Chromium on the PATH: install it, or set CHROME_PATH");
  const report = resolve(directory, "report.html");
  if (!existsSync(report))
    throw missing(`${report} does not exist: run \`make rehearse\` first, or give its --directory`);
  const browser = await chromium.launch({ executablePath });
  try {
    const page = await browser.newPage({ viewport: { width: WIDTH_PX, height: WIDTH_PX }, colorScheme: "light" });
    await page.goto(pathToFileURL(report).href);
    const last = await page.locator("figure").nth(LAST_CHART).boundingBox();
    const height = last!.y + last!.height + MARGIN_PX;
    await mkdir(dirname(file), { recursive: true });
    await page.screenshot({ path: file, fullPage: true, clip: { x: 0, y: 0, width: WIDTH_PX, height } });
  } finally {
    await browser.close();
  }
}

function missing(what: string): UserError {
  return new UserError(what, { exitCode: EXIT_FAILED });
}

void endWith(() => program.parseAsync());
