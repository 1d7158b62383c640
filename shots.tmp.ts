import { chromium } from "playwright-core";
const [,, url, prefix, ...kinds] = process.argv;
void (async () => {
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium" });
  for (const kind of kinds) {
    const [scheme, width] = kind.split("-");
    const page = await browser.newPage({ viewport: { width: Number(width), height: 900 }, colorScheme: scheme as "light" });
    await page.goto(url!, { waitUntil: "load" });
    await page.waitForTimeout(1500);
    await page.screenshot({ path: `${prefix}-${kind}.png`, fullPage: true });
    console.log(await page.locator("h1").innerText());
    await page.close();
  }
  await browser.close();
})();
