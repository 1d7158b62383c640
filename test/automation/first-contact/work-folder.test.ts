import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { WorkFolder } from "../../../automation/first-contact/work-folder";
import { sampleObserved } from "./sample-observed";

describe("the work folder of a first contact", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "aoshingo-first-contact-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));
  const work = (stack = "trial") => new WorkFolder(directory, "aoshingo", stack);

  it("is in use from the settings to the end of cleaning up, and keeps what was seen", () => {
    expect(work().isInUse).to.equal(false);
    work().claim();
    expect(work().isInUse).to.equal(false);
    work().begin("config: {}\n");
    expect(work().isInUse).to.equal(true);
    work().keep(sampleObserved());
    work().empty();
    expect(work().isInUse).to.equal(false);
    expect(JSON.parse(readFileSync(work().observedFile, "utf8"))).to.deep.equal(sampleObserved());
    expect(existsSync(join(directory, "state"))).to.equal(false);
  });

  it("knows the run of another stack, whose settings and state stay until it is cleaned up itself", () => {
    work().claim();
    work().begin("config: {}\n");
    const state = join(directory, "state", "trial.json");
    writeFileSync(state, "{}");
    expect(work().otherStack).to.equal(null);
    expect(work("trail").otherStack).to.equal("trial");
    work("trail").empty();
    expect(work().isInUse).to.equal(true);
    expect(existsSync(state)).to.equal(true);
    work().empty();
    expect(work("trail").otherStack).to.equal(null);
    expect(existsSync(state)).to.equal(false);
  });

  it("belongs to the account in which its run has begun, and to none after cleaning up", () => {
    work().claim();
    work().begin("config: {}\n");
    work().belongsTo("123456789012");
    work().belongsTo("123456789012");
    expect(() => work().belongsTo("210987654321")).to.throw(
      "the run was begun in the account 123456789012, and these credentials are of 210987654321: use those of the first one",
    );
    work().empty();
    work().belongsTo("210987654321");
  });

  it("keeps what was seen as complete once it is empty, if the run has come to its end", () => {
    const seen = () => JSON.parse(readFileSync(work().observedFile, "utf8"));
    work().claim();
    work().begin("config: {}\n");
    work().keep({ ...sampleObserved(), complete: false });
    work().empty();
    expect(seen().complete).to.equal(false);
    work().claim();
    work().begin("config: {}\n");
    work().noteEnd();
    expect(seen().complete).to.equal(false);
    work().empty();
    expect(seen()).to.deep.equal({ ...sampleObserved(), complete: true });
    expect(readdirSync(directory)).to.deep.equal(["observed.json"]);
  });

  it("keeps what a run before saw in full beside what this one has seen so far", () => {
    const seen = (name: string) => JSON.parse(readFileSync(join(directory, name), "utf8"));
    const [partly, later] = ["2026-12-01T01:02:03.004Z", "2026-12-02T01:02:03.004Z"].map((startedAt) => ({
      ...sampleObserved(),
      ...{ startedAt, complete: false },
    }));
    work().claim();
    for (const observed of [sampleObserved(), partly!, later!]) work().keep(observed);
    expect(seen("observed-20261126T150000Z.json")).to.deep.equal(sampleObserved());
    expect(seen("observed.json")).to.deep.equal(later);
    expect(existsSync(join(directory, "observed-20261201T010203Z.json"))).to.equal(false);
  });

  it("keeps what is seen also where the file that was there cannot be read", () => {
    work().claim();
    writeFileSync(work().observedFile, "{");
    work().keep(sampleObserved());
    expect(JSON.parse(readFileSync(work().observedFile, "utf8"))).to.deep.equal(sampleObserved());
  });

  it("has begun in AWS once the account is noted, and not by the note of an earlier run whose end was interrupted", () => {
    work().claim();
    work().begin("config: {}\n");
    expect(work().hasBegunInAws).to.equal(false);
    work().belongsTo("123456789012");
    expect(work().hasBegunInAws).to.equal(true);
    rmSync(work().settingsFile);
    work().begin("config: {}\n");
    expect(work().hasBegunInAws).to.equal(false);
  });

  it("is claimed by one process at a time, and free once that has ended", async () => {
    const other = execa("sleep", ["60"], { reject: false });
    // As a run of that process would have written it on a system that does not tell processes apart.
    const file = join(directory, "run.json");
    work().claim();
    writeFileSync(file, JSON.stringify({ pid: other.pid, mark: null }));
    expect(() => work().claim()).to.throw(
      `a run is in progress in ${directory} (pid ${other.pid}): stop it first, with Ctrl-C where it runs`,
    );
    writeFileSync(file, JSON.stringify({ pid: other.pid, mark: "an earlier process with this pid" }));
    work().claim();
    writeFileSync(file, JSON.stringify({ pid: other.pid, mark: null }));
    other.kill();
    await other;
    work().claim();
    expect(JSON.parse(readFileSync(file, "utf8"))).to.include({ pid: process.pid });
  });
});
