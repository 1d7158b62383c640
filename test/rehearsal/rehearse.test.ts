import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { execa } from "execa";
import { Addresses } from "../../rehearsal/cloud/kernel/addresses";
import type { RehearsalReport } from "../../rehearsal/report/types";
import { CLIENT_CLASSES, SLOW_STREAMS } from "../../rehearsal/traffic/types";

const ROOT = join(__dirname, "../..");
const LOOK_MS = 250;

interface Place {
  loopback: string;
  portOffset: number;
}

interface Rehearsed {
  exitCode: number;
  text: string;
  directory: string;
  /** The rehearsal's temporary folder, of this run alone. */
  temporary: string;
  /** Every process that it started, itself or through others: `<pid> <start time>`. */
  processes: Set<string>;
  report: RehearsalReport;
}

/** `make rehearse` as it is, but short. What the cases differ in is what the original procedure's report claims. */
describe("a rehearsal", function () {
  this.timeout(10 * 60_000);

  const routedPlace: Place = { loopback: "127.34", portOffset: 34_000 };
  const dnsPlace: Place = { loopback: "127.35", portOffset: 35_000 };
  const startupPlace: Place = { loopback: "127.39", portOffset: 39_000 };
  let base: string;
  let routed: Rehearsed;
  let dns: Rehearsed;
  let startup: Rehearsed;

  before(async () => {
    base = await mkdtemp(join(tmpdir(), "aoshingo-rehearse-"));
    // Clients trust their answer for 60 s of AWS time: the slower that goes, the surer the old colour is gone before,
    // on any machine. So this one
    // takes long, but mostly waits: it goes on beside the others, in a cloud of its own.
    const slow = rehearse("dns", dnsPlace, {
      ...{ SERVICES: "users", CUTOVER: "dns", DRAIN: "0", SPEED: "5", BOOT_SECONDS: "0" },
    });
    const others = async () => {
      routed = await rehearse("routed", routedPlace, { SERVICES: "users", SPEED: "40" });
      // What boots, bakes and drains are like, the first one shows.
      const quick = { BOOT_SECONDS: "0", BAKE: "0", DRAIN_CAP: "80" };
      startup = await rehearse("startup", startupPlace, { SPEED: "20", ...quick });
    };
    [dns] = await Promise.all([slow, others()]);
  });
  after(() => rm(base, { recursive: true, force: true }));

  async function rehearse(name: string, place: Place, variables: Record<string, string>): Promise<Rehearsed> {
    const directory = join(base, name);
    const temporary = join(base, `${name}-tmp`);
    await mkdir(temporary);
    const child = execa(process.execPath, ["-r", "ts-node/register", "rehearsal/rehearse.ts"], {
      cwd: ROOT,
      env: {
        ...variables,
        TMPDIR: temporary,
        // Few requests: on a busy machine their clients would lose patience, whatever the deploy does.
        RATE: "40",
        LOOPBACK: place.loopback,
        PORT_OFFSET: String(place.portOffset),
        DIRECTORY: directory,
      },
      stdin: "ignore",
      all: true,
      reject: false,
    });
    const ended = new AbortController();
    const watching = descendants(child.pid!, ended.signal);
    const { exitCode, all } = await child;
    ended.abort();
    const file = join(directory, "report.json");
    expect(existsSync(file), all).to.equal(true);
    const report = JSON.parse(await readFile(file, "utf8")) as RehearsalReport;
    return { exitCode: exitCode ?? 1, text: all, directory, temporary, processes: await watching, report };
  }

  it("ends with 0 when no request failed, was lost or was processed twice", () => {
    const { exitCode, text, report } = routed;
    expect(exitCode, text).to.equal(0);
    expect(report).to.include({ ok: true, cutover: "routed", speed: 40, reason: "", failedStep: null });
    for (const [name, { sent, ok, failed, lost, doubled }] of Object.entries(report.traffic)) {
      expect({ ok, failed, lost, doubled }, name).to.deep.equal({ ok: sent, failed: 0, lost: 0, doubled: 0 });
      // Almost a third of 40 requests/s, over 32 s; fewer of the other kinds.
      const isClass = (CLIENT_CLASSES as readonly string[]).includes(name);
      expect(sent, name).to.be.above(isClass ? 300 : 0);
    }
  });

  it("writes a report with the contract's keys, and a page that needs nothing else", async () => {
    const { report, directory } = routed;
    expect(report).to.include.all.keys(
      ...["ok", "cutover", "speed", "services", "steps", "traffic", "change", "controller"],
    );
    expect(report.services).to.deep.equal(["users"]);
    expect(report.steps.map(({ name }) => name)).to.deep.equal(
      ["preflight", "warm", "verify", "test", "cutover", "confirm", "bake", "drain", "retire"], // in this order
    );
    for (const { startedAtMs, endedAtMs } of report.steps) expect(endedAtMs).to.be.at.least(startedAtMs);
    expect(report.traffic).to.have.all.keys(...CLIENT_CLASSES, "http2", ...SLOW_STREAMS);
    expect(report.traffic.honest).to.include.all.keys("sent", "ok", "failed", "lost", "doubled", "errors");
    const { firstNewAtMs, lastOldAtMs, mixedMs } = report.change;
    expect(firstNewAtMs).to.be.a("number");
    expect(mixedMs).to.equal(Math.max(0, lastOldAtMs! - firstNewAtMs!));
    const { upSeconds, totalSeconds, waitedSeconds, overheadSeconds } = report.controller;
    expect(upSeconds).to.have.lengthOf(3);
    expect(overheadSeconds).to.be.closeTo(totalSeconds - waitedSeconds, 0.01);

    const page = await readFile(join(directory, "report.html"), "utf8");
    expect(page)
      .to.contain("<svg")
      .and.not.match(/(src|href)="https?:/);
  });

  it("of the whole startup deploys each service, then caller and callee together, and loses no call and no job", () => {
    const { exitCode, text, report } = startup;
    expect(exitCode, text).to.equal(0);
    expect(report.services).to.have.members(["users", "mailer", "doodle"]);
    expect(report.deploys.map(({ services, ok }) => ({ services: [...services].sort(), ok }))).to.deep.equal([
      { services: ["users"], ok: true },
      { services: ["mailer"], ok: true },
      { services: ["doodle"], ok: true },
      { services: ["doodle", "users"], ok: true },
    ]);
    for (const [name, { sent, ok, failed, lost, doubled }] of Object.entries(report.traffic))
      expect({ ok, failed, lost, doubled }, name).to.deep.equal({ ok: sent, failed: 0, lost: 0, doubled: 0 });
    expect(report.traffic.internal!.sent).to.be.above(150);
    expect(report.calls).to.include({ failed: 0 });
    expect(report.calls!.made).to.be.above(150);
    expect(report.jobs).to.include({ lost: 0, failed: 0 });
    expect(report.jobs!.sent).to.be.above(15);
    expect(report.controller.upSeconds).to.have.lengthOf(12);
  });

  it("with the records alone and no drain fails requests of honest clients, and ends with 3", () => {
    const { exitCode, text, report } = dns;
    expect(exitCode, text).to.equal(3);
    expect(report).to.include({ ok: false, cutover: "dns", drainSeconds: 0, failedStep: null });
    expect(report.traffic.honest.failed).to.be.above(0);
    expect(report.reason).to.not.equal("");
  });

  it("leaves no process, port or temporary file behind", async () => {
    for (const { processes, temporary } of [routed, dns, startup]) {
      // Cloud, awsx, load balancers, tasks, traffic, deploys, the CLI: it did see them.
      expect(processes.size).to.be.above(10);
      const running = new Set((await processList()).map(({ identity }) => identity));
      expect([...processes].filter((identity) => running.has(identity))).to.deep.equal([]);
      // Node's compile cache of the tools, one for each user, is for the next run.
      const left = (await readdir(temporary)).filter((name) => !name.startsWith("v8-compile-cache"));
      expect(left).to.deep.equal([]);
    }
    for (const { loopback, portOffset } of [routedPlace, dnsPlace]) {
      const addresses = new Addresses(loopback);
      for (const address of addresses.nameServers) await listens(address, 53 + portOffset);
      for (let node = 0; node < 4; node += 1) {
        const address = addresses.allocateNode();
        for (const port of [80, 443]) await listens(address, port + portOffset);
      }
    }
  });
});

/** Rejects unless the port is free. */
async function listens(address: string, port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, address, resolve);
  });
  await new Promise((resolve) => server.close(resolve));
}

interface ListedProcess {
  pid: number;
  parent: number;
  identity: string;
}

async function processList(): Promise<ListedProcess[]> {
  const { stdout } = await execa("ps", ["-A", "-o", "pid=,ppid=,stat=,lstart="]);
  return stdout.split("\n").flatMap((line) => {
    const [pid, parent, state, ...started] = line.trim().split(/\s+/);
    // A zombie has ended; only its parent has not asked yet.
    return state?.startsWith("Z")
      ? []
      : [{ pid: Number(pid), parent: Number(parent), identity: `${pid} ${started.join(" ")}` }];
  });
}

/**
 * Looks again and again at what descends from a process, until the signal; those that outlive their parents were seen
 * before.
 */
async function descendants(root: number, until: AbortSignal): Promise<Set<string>> {
  const family = new Set([root]);
  const identities = new Set<string>();
  while (!until.aborted) {
    const list = await processList();
    // Children may be listed before their parents: until nothing is new.
    for (let size = -1; size !== family.size; ) {
      size = family.size;
      for (const { pid, parent } of list) if (family.has(parent)) family.add(pid);
    }
    for (const { pid, identity } of list) if (family.has(pid)) identities.add(identity);
    await delay(LOOK_MS, undefined, { signal: until }).catch(() => undefined);
  }
  return identities;
}
