import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { jobOf, ROOT, workflow } from "./workflow";

type Permissions = Readonly<Record<string, string>>;
interface CallingJob {
  uses?: string;
  permissions?: Permissions;
}

const PAGE = readFileSync(join(ROOT, "docs/ci.md"), "utf8");

/** Permissions of the job that calls `deploy.yml` in the page's example. */
function ofCaller(): Permissions {
  const examples = [...PAGE.matchAll(/^```yaml\n(.*?)^```$/gms)].map(
    ([, text]) => parse(text!) as { jobs?: Record<string, CallingJob> },
  );
  const calling = examples
    .flatMap(({ jobs = {} }) => Object.values(jobs))
    .filter(({ uses }) => uses?.endsWith("/deploy.yml"));
  expect(calling).to.have.lengthOf(1);
  return calling[0]!.permissions!;
}

/** What the page's line on `githubDeployment` adds to the jobs of the workflows that it names. */
function added(): { permissions: Permissions; line: string } {
  const line = /^- `notify` with `githubDeployment` needs .*?(?=^- )/ms.exec(PAGE)![0].replace(/\s+/g, " ");
  const [, key, value] = /`([\w-]+): (write)`/.exec(line)!;
  return { permissions: { [key!]: value! }, line };
}

const isGranted = (asked: Permissions, granted: Permissions) =>
  Object.entries(asked).every(([key, value]) => granted[key] === value || granted[key] === "write");

describe("a workflow that calls `deploy.yml`, as docs/ci.md has it", () => {
  it("grants all that the called job asks for: else GitHub refuses the file", () => {
    expect(isGranted(jobOf(workflow("deploy")).permissions!, ofCaller())).to.equal(true);
  });

  it("does so with what `githubDeployment` needs, too, which the page adds to both", () => {
    const { permissions, line } = added();
    const called = { ...jobOf(workflow("deploy")).permissions, ...permissions };
    const isForCallers = line.includes("in every workflow that calls `deploy.yml`");
    expect(isGranted(called, { ...ofCaller(), ...(isForCallers ? permissions : {}) })).to.equal(true);
  });
});
