import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { NODE_ARGUMENTS } from "../../automation/core/package-directory";
import { Addresses } from "../../rehearsal/cloud/kernel/addresses";
import type { CloudEvent } from "../../rehearsal/cloud/kernel/events";
import { readSamples } from "../../rehearsal/report/samples";
import type { RehearsalReport } from "../../rehearsal/report/types";
import { CLIENT_CLASSES, SLOW_STREAMS } from "../../rehearsal/traffic/types";
import { descendants, runningOf } from "./descendants";
import { repeatedWhenTooBusy } from "./repeated-when-too-busy";

const ROOT = join(__dirname, "../..");
/** Requests a second. Few: on a busy machine their clients would lose patience, whatever the deploy does. */
const RATE = 40;
/** AWS seconds in a real one: of the rehearsal of the whole startup, and of the one that changes DNS records alone. */
const SPEED = 20;
const DNS_SPEED = 5;
/** A client that still trusts an address for so long is sure to ask it. */
const ASKS_WITHIN_MS = 3_000;

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
  report: RehearsalReport;
}

/** `make rehearse` as it is, but short. What the cases differ in is what the original procedure's report claims. */
describe("a rehearsal", function () {
  this.timeout(60 * 60_000);

  const routedPlace: Place = { loopback: "127.34", portOffset: 34_000 };
  const dnsPlace: Place = { loopback: "127.35", portOffset: 35_000 };
  let base: string;
  let routed: Rehearsed;
  let dns: Rehearsed;
  /** Every process that the rehearsals started, themselves or through others: `<pid> <start time>`. */
  let processes: Set<string>;

  before(async () => {
    base = await mkdtemp(join(tmpdir(), "aoshingo-rehearse-"));
    const ended = new AbortController();
    const watching = descendants(process.pid, ended.signal);
    [routed, dns] = await Promise.all([
      repeatedWhenTooBusy(RATE, (rate) =>
        rehearse("routed", routedPlace, {
          ...{ SPEED: String(SPEED), BAKE: "60", DRAIN_CAP: "80", RATE: String(rate) },
          CHANGES: "env,secret,memory,image",
        }),
      ),
      // Clients trust their answer for 60 s of AWS time: this is slow, so that the old colour is gone before. It
      // mostly waits, so it goes on beside the other one, in a cloud of its own.
      rehearse("dns", dnsPlace, {
        ...{
          SERVICES: "users",
          STREAMS: "0",
          SSE: "0",
          CUTOVER: "dns",
          RATE: String(RATE),
          DRAIN: "0",
          SPEED: String(DNS_SPEED),
          BOOT_SECONDS: "0",
        },
      }),
    ]);
    ended.abort();
    processes = await watching;
    for (const { report, text } of [routed, dns]) expect(report, text).to.not.equal(null);
  });
  after(() => rm(base, { recursive: true, force: true }));

  async function rehearse(name: string, place: Place, variables: Record<string, string>): Promise<Rehearsed> {
    const directory = join(base, name);
    const temporary = join(base, `${name}-tmp`);
    await mkdir(temporary, { recursive: true });
    // An attempt before may have left its report there, which is not the one of this attempt.
    await rm(directory, { recursive: true, force: true });
    const { exitCode, all } = await execa(process.execPath, [...NODE_ARGUMENTS, "rehearsal/rehearse.ts"], {
      cwd: ROOT,
      env: {
        ...variables,
        TMPDIR: temporary,
        LOOPBACK: place.loopback,
        PORT_OFFSET: String(place.portOffset),
        DIRECTORY: directory,
      },
      stdin: "ignore",
      all: true,
      reject: false,
    });
    // There is none where the machine was too busy to begin.
    const report = JSON.parse(await readFile(join(directory, "report.json"), "utf8").catch(() => "null"));
    return { exitCode: exitCode ?? 1, text: all, directory, temporary, report };
  }

  it("deploys each service, then caller and callee together, and ends with 0 when nothing failed", () => {
    const { exitCode, text, report } = routed;
    expect(exitCode, `${report.reason}\n${text}`).to.equal(0);
    expect(report).to.include({ ok: true, cutover: "routed", speed: SPEED, reason: "", failedStep: null });
    expect(report.services).to.have.members(["users", "mailer", "doodle"]);
    expect(report.deploys.map(({ services, ok }) => ({ services: [...services].sort(), ok }))).to.deep.equal([
      { services: ["users"], ok: true },
      { services: ["mailer"], ok: true },
      { services: ["doodle"], ok: true },
      { services: ["doodle", "users"], ok: true },
    ]);
  });

  it("loses no request, no call and no job, and none is processed twice", () => {
    const { report, text } = routed;
    // A quarter of the requests, over at least 32 s; the machine may have carried half or a quarter of the rate.
    const least = (250 * report.ratePerSecond) / RATE;
    for (const [name, { sent, ok, failed, lost, doubled, errors }] of Object.entries(report.traffic)) {
      expect({ ok, failed, lost, doubled }, `${name} ${JSON.stringify(errors)}\n${text}`).to.deep.equal({
        ...{ ok: sent, failed: 0, lost: 0, doubled: 0 },
      });
      const isClass = (CLIENT_CLASSES as readonly string[]).includes(name) || name === "internal";
      expect(sent, name).to.be.above(isClass ? least : 0);
    }
    expect(report.calls).to.include({ failed: 0 });
    expect(report.calls!.made).to.be.above(least * 0.6);
    expect(report.jobs).to.include({ lost: 0, failed: 0 });
    expect(report.jobs!.sent).to.be.above(least * 0.06);
  });

  it("finds every row in the database that a client was told of, as it was sent", () => {
    const { data, ratePerSecond } = routed.report;
    expect(data, routed.text).to.include({ lost: 0, doubled: 0, changed: 0 });
    // Every second request of four classes is a POST.
    expect(data!.rows).to.be.above((500 * ratePerSecond) / RATE);
    expect(dns.report.data).to.include({ lost: 0, doubled: 0, changed: 0 });
  });

  it("cuts no open stream before its time, and opens new ones on the new colour", () => {
    const { streams } = routed.report;
    for (const [protocol, pages] of [
      ["webSocket", 20],
      ["serverSentEvents", 10],
    ] as const) {
      const totals = streams![protocol];
      expect(totals, routed.text).to.include({ refused: 0, cutBeforeWithin: 0, onOldColour: 0 });
      // Half of the pages stay for ever, and users is deployed twice.
      expect(totals.opened, protocol).to.be.above(pages);
      expect(totals.cutAtWithin, protocol).to.be.above(0);
    }
    expect(dns.report).to.not.have.property("streams");
  });

  it("writes a report with the contract's keys, and a page that needs nothing else", async () => {
    const { report, directory } = routed;
    expect(report).to.include.all.keys(
      ...["ok", "cutover", "speed", "services", "steps", "traffic", "change", "controller"],
    );
    for (const [index, { services }] of report.deploys.entries()) {
      // Nobody's requests have to leave a worker, and it has no database.
      const ofApis = (step: string) => (services.includes("users") || services.includes("doodle") ? [step] : []);
      const begin = ["preflight", "warm", ...ofApis("migrate"), "verify", "test"];
      expect(report.steps.flatMap(({ deploy, name }) => (deploy === index + 1 ? [name] : []))).to.deep.equal(
        [...begin, "cutover", "confirm", "bake", ...ofApis("drain"), "retire"], // in this order
      );
    }
    for (const { startedAtMs, endedAtMs } of report.steps) expect(endedAtMs).to.be.at.least(startedAtMs);
    const classes = [...CLIENT_CLASSES, "http2", ...SLOW_STREAMS];
    expect(report.traffic).to.have.all.keys(...classes, "internal");
    expect(dns.report.traffic).to.have.all.keys(...classes);
    expect(report.traffic.honest).to.include.all.keys("sent", "ok", "failed", "lost", "doubled", "errors");
    const { firstNewAtMs, lastOldAtMs, mixedMs } = report.change;
    expect(firstNewAtMs).to.be.a("number");
    expect(mixedMs).to.equal(Math.max(0, lastOldAtMs! - firstNewAtMs!));
    const { upSeconds, totalSeconds, waitedSeconds, overheadSeconds } = report.controller;
    expect(upSeconds).to.have.lengthOf(4 * 3);
    // That of the slowest deploy; the others are sums of all.
    expect(overheadSeconds)
      .to.be.above(0)
      .and.below(totalSeconds - waitedSeconds);

    const page = await readFile(join(directory, "report.html"), "utf8");
    expect(page)
      .to.contain("<svg")
      .and.not.match(/(src|href)="https?:/);
  });

  it("with the records alone and no drain fails requests of honest clients, and ends with 3", async () => {
    const { exitCode, text, report } = dns;
    expect(exitCode, text).to.equal(3);
    expect(report).to.include({ ok: false, cutover: "dns", drainSeconds: 0, failedStep: null });
    expect(report.reason).to.not.equal("");
    // Clients that never ask DNS again meet the stopped colour however long it took to stop.
    expect(report.traffic.sticky.failed).to.be.above(0);
    const trustedForMs = await honestTrustAfterRetire(dns);
    if (trustedForMs > ASKS_WITHIN_MS) expect(report.traffic.honest.failed, `${trustedForMs} ms`).to.be.above(0);
    else console.log("      this machine was too slow to stop the old colour while honest clients trusted its address");
  });

  it("leaves no process, port or temporary file behind", async () => {
    // Clouds, awsx, load balancers, tasks, traffic, deploys, the CLI: it did see them.
    expect(processes.size).to.be.above(20);
    expect(await runningOf(processes)).to.deep.equal([]);
    for (const { temporary } of [routed, dns]) {
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

/**
 * Returns for how many milliseconds clients that follow DNS trusted the old load balancer's address after the old
 * colour's last task had stopped; negative if none did.
 */
async function honestTrustAfterRetire({ directory }: Rehearsed): Promise<number> {
  const { dns } = await readSamples(join(directory, "traffic.ndjson"));
  const honest = dns.filter(({ stream, addresses }) => stream === "honest" && addresses.length > 0);
  const old = honest.filter(({ addresses }) => addresses.includes(honest[0]!.addresses[0]!));
  const trustedUntilMs = Math.max(...old.map(({ atMs, ttlSeconds }) => atMs + (ttlSeconds * 1000) / DNS_SPEED));
  const lines = (await readFile(join(directory, "cloud", "events.ndjson"), "utf8")).split("\n").filter(Boolean);
  const tasks = lines.map((line) => JSON.parse(line) as CloudEvent).filter((event) => event.kind === "task");
  const stopped = tasks.filter(({ cluster, state }) => cluster === tasks[0]!.cluster && state === "stopped");
  const stoppedAtMs = Math.max(...stopped.map(({ atMs }) => atMs));
  return trustedUntilMs - stoppedAtMs;
}

/** Rejects unless the port is free. */
async function listens(address: string, port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, address, resolve);
  });
  await new Promise((resolve) => server.close(resolve));
}
