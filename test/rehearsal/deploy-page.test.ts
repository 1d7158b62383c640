import "../../automation/core/silent-aws-sdk";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { RunningStack } from "./running-stack";
import { sharedStack } from "./shared-stack";

/** The command of production, with its page: through the AWS SDK, against a whole cloud. */
describe("a deploy's page", () => {
  let stack: RunningStack;
  before(async () => {
    stack = await sharedStack({ from: "release" });
    await stack.push("paged");
  });

  it("is served while it runs, shows what AWS says of the targets, and is kept", async () => {
    const file = join(stack.directory, "pages", "deploy.html");
    let live: Promise<string> | null = null;
    const { exitCode, errors } = await stack.deployAll(["users=paged", "--page", "--page-file", file], (event) => {
      const url = event.type === "notice" ? /^Page: (http:\S+)$/.exec(event.message)?.[1] : undefined;
      if (url) live = fetch(url).then((answer) => answer.text());
    });
    expect(exitCode, errors).to.equal(0);
    expect(await live).to.include("<h1>Getting ready: rehearsal</h1>");
    const kept = await readFile(file, "utf8");
    expect(kept).to.include("<h1>users paged is in production</h1>");
    expect(kept).to.match(/2 of 2 targets healthy/);
    expect(kept).to.match(/In DNS its name leads to the (Blue|Green) load balancer, as of \d\d:\d\d:\d\d UTC\./);
    expect(kept).not.to.include("EventSource");
  });

  it("of a command that is refused says why nothing was done", async () => {
    const file = join(stack.directory, "pages", "refused.html");
    const { exitCode } = await stack.deployAll(["users=v9", "--page-file", file]);
    expect(exitCode).to.not.equal(0);
    const kept = await readFile(file, "utf8");
    expect(kept).to.include("<h1>users v9 did not go to production</h1>");
    expect(kept).to.match(/✘ Failed\..*v9/);
  });
});
