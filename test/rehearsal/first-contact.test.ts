import "../../automation/core/silent-aws-sdk";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { Agent } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { DescribeLoadBalancersCommand, ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { GetRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { GetResourcesCommand, ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { ListHostedZonesByNameCommand, ListResourceRecordSetsCommand, Route53Client } from "@aws-sdk/client-route-53";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { NUMBER_NAMES, readObserved } from "../../automation/first-contact/observed";
import { probeRole } from "../../automation/first-contact/probe-names";
import { QUESTIONS } from "../../automation/first-contact/questions";
import { WorkFolder } from "../../automation/first-contact/work-folder";
import { DOMAIN, REGION } from "../../rehearsal/environment/cloud-args";
import { enginesOf, killAtOnce, startCommand } from "../../rehearsal/environment/killable-command";
import { seededRandom } from "../../rehearsal/seeded-random";
import { sampleObserved } from "../automation/first-contact/sample-observed";
import { eventually } from "../eventually";
import { RunningStack } from "./running-stack";

const SPEED = 60;
/** AWS seconds that the cloud is told to take, so that the test also shows that what is observed is played. */
const PLAYED = { stoppedLag: 60, recordSync: 30, metricDelay: 30, pull: 5 } as const;

/** Both ends of a time are whole real milliseconds. */
const ROUNDED_SECONDS = (2 * SPEED) / 1000;

/** A run takes a minute on a machine that does nothing else. The limit is for one that hangs. */
const LIMIT_MS = 15 * 60_000;
/** So many runs are killed. */
const KILLS = Number(process.env.FIRST_CONTACT_KILLS ?? 0);
/** What is killed: the script alone, or Pulumi's engine with it. */
const KILL = process.env.FIRST_CONTACT_KILL ?? "script";
/** The certificate's stays, because others may need it (aws-rules M6). */
const isLeft = (name: string) => !/_[0-9a-f]{32}\.rehearsal\.test/.test(name);
const seeded = seededRandom(Number(process.env.SEED ?? 1));

describe("first contact against the rehearsal cloud", () => {
  let stack: RunningStack;
  let directory: string;
  let wholeRunMs = 0;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "aoshingo-first-contact-"));
    const played = Object.entries(PLAYED).map(([name, seconds]) => [name, { min: seconds, max: seconds, samples: 5 }]);
    const observed = join(directory, "played.json");
    await writeFile(observed, JSON.stringify(sampleObserved(Object.fromEntries(played))));
    stack = await RunningStack.startCloud({ loopback: "127.93", portOffset: 53_000, speed: SPEED, observed });
  });
  after(async () => {
    await stack?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const firstContact = (...args: string[]) =>
    startCommand(
      stack.environment,
      ["first-contact", "--stack", "trial", "--directory", directory, ...args],
      new AbortController().signal,
    );

  it("has nothing to clean before the first run", async () => {
    const { exitCode, stdout } = await firstContact("--clean");
    expect(exitCode).to.equal(0);
    expect(stdout).to.equal(`Nothing to clean: no run is unfinished in ${directory}.`);
  });

  it("refuses a domain without a hosted zone in one line, and has begun nothing", async () => {
    const { exitCode, stderr } = await firstContact("--domain", "example.jp", "--yes", "--push-with", "true");
    expect(stderr).to.equal(
      "--domain is example.jp, for which Route 53 has no public hosted zone: create it (docs/quick-start.md, step 1), or name another domain",
    );
    expect(exitCode).to.equal(2);
    expect((await firstContact("--clean")).stdout).to.match(/^Nothing to clean/);
  });

  it("refuses to begin, and to clean up, beside what the run of another stack has left, and keeps that", async () => {
    const left = join(directory, "Pulumi.earlier.yaml");
    await writeFile(left, "config: {}\n");
    for (const args of [["--domain", DOMAIN, "--yes", "--push-with", "true"], ["--clean"]]) {
      const { exitCode, stderr } = await firstContact(...args);
      expect(stderr).to.equal(
        `a run of the stack earlier in ${directory} was not cleaned up: npx aoshingo first-contact --stack earlier --directory ${directory} --clean`,
      );
      expect(exitCode).to.equal(2);
    }
    await rm(left);
  });

  const wholeRun = () => {
    const [{ address, port }] = stack.cloud.ready.nameServers as [{ address: string; port: number }];
    return firstContact(
      ...["--domain", DOMAIN, "--yes", "--time-scale", String(SPEED), "--dns-server", `${address}:${port}`],
      ...["--push-with", 'npx aoshingo push "$SERVICE:$TAG" --stack trial'],
    );
  };

  it("goes from the preflight to an account in which nothing is left, and has seen everything", async () => {
    const startedMs = performance.now();
    const { exitCode, stdout, stderr } = await wholeRun();
    wholeRunMs = performance.now() - startedMs;
    expect(exitCode, `${stdout}\n${stderr}`).to.equal(0);
    expect(stdout).to.contain("Nothing is left");
    const file = join(directory, "observed.json");
    const observed = readObserved(file);
    expect(observed).to.include({ cloud: "rehearsal", complete: true });
    for (const name of NUMBER_NAMES) expect(observed.numbers[name], `${name}\n${stdout}`).not.to.equal(null);
    for (const [name, seconds] of Object.entries(PLAYED))
      expect(observed.numbers[name as keyof typeof PLAYED]!.min, name).to.be.at.least(seconds - ROUNDED_SECONDS);
    const beliefs = QUESTIONS.flatMap(({ belief }) => (belief ? [belief.id] : [])).sort();
    expect(observed.beliefs.map(({ id, says }) => `${id} ${says}`)).to.deep.equal(
      beliefs.map((id) => `${id} confirmed`),
    );
    expect(await readFile(file, "utf8")).not.to.match(/\d{12}|arn:|rehearsal\.test|i-[0-9a-f]{8}/);
    expect((await firstContact("--clean")).stdout).to.match(/^Nothing to clean/);
    expect(await inTheAccount()).to.deep.equal([]);
  }).timeout(LIMIT_MS);

  // Each takes as long as a run and a half: `FIRST_CONTACT_KILLS=10 npm test -- test/rehearsal/first-contact.test.ts`.
  for (let kill = 1; kill <= KILLS; kill++) {
    it(`leaves nothing after --clean when it is killed at a random instant (${kill} of ${KILLS})`, async () => {
      const { afterMs, stdout } = await killedRun();
      const at = `killed after ${(afterMs / 1000).toFixed(1)} s, at: ${stdout.trimEnd().split("\n").at(-1)}`;
      const cleaned = await firstContact("--clean");
      console.log(`      ${at}\n      ${cleaned.stdout.trimEnd().split("\n").at(-1)}`);
      expect(cleaned.exitCode, `${at}\n${stdout}\n${cleaned.stdout}\n${cleaned.stderr}`).to.equal(0);
      expect(cleaned.stdout).to.match(/Nothing is left|Nothing to clean/);
      expect(await inTheAccount(), at).to.deep.equal([]);
    }).timeout(LIMIT_MS);
  }

  /** A run that was killed before its end; this machine may be faster than in the run that was measured. */
  async function killedRun(): Promise<{ afterMs: number; stdout: string }> {
    const backendUrl = new WorkFolder(directory, "aoshingo", "trial").environment.PULUMI_BACKEND_URL!;
    for (;;) {
      const afterMs = wholeRunMs * seeded();
      const run = wholeRun();
      await Promise.race([run, delay(afterMs)]);
      killAtOnce(run.pid!);
      // As when the machine loses its power.
      if (KILL === "machine") for (const engine of await enginesOf(backendUrl)) killAtOnce(engine);
      const { exitCode, stdout } = await run;
      if (exitCode !== 0) return { afterMs, stdout };
    }
  }

  /** What the account has, by the cloud's own APIs. */
  async function inTheAccount(): Promise<string[]> {
    const clients = clientsOf(stack.environment);
    let listed: string[] = [];
    const look = async () => {
      const { ResourceTagMappingList = [] } = await clients.tagging.send(new GetResourcesCommand({}));
      listed = ResourceTagMappingList.map(({ ResourceARN = "" }) => ResourceARN).filter(isLeft);
      return listed.length === 0;
    };
    // A deleted resource is listed for a while (V13): what is listed for good is there.
    await eventually("AWS lists nothing", look, () => listed.join("\n"));
    const [{ Buckets = [] }, { LoadBalancers = [] }, { HostedZones = [] }] = await Promise.all([
      clients.s3.send(new ListBucketsCommand({})),
      clients.elb.send(new DescribeLoadBalancersCommand({})),
      clients.route53.send(new ListHostedZonesByNameCommand({ DNSName: DOMAIN })),
    ]);
    const { ResourceRecordSets = [] } = await clients.route53.send(
      new ListResourceRecordSetsCommand({ HostedZoneId: HostedZones[0]!.Id }),
    );
    const RoleName = probeRole({ project: "aoshingo", stack: "trial" });
    const role = await clients.iam.send(new GetRoleCommand({ RoleName })).then(
      () => ["the role"],
      () => [],
    );
    return [
      ...Buckets.map(({ Name = "" }) => Name),
      ...LoadBalancers.map(({ LoadBalancerName = "" }) => LoadBalancerName),
      ...ResourceRecordSets.filter(({ Type = "" }) => !["NS", "SOA"].includes(Type)).map(({ Name = "" }) => Name),
      ...role,
    ].filter(isLeft);
  }
});

function clientsOf(environment: Record<string, string>) {
  const credentials = { accessKeyId: "rehearsal", secretAccessKey: "rehearsal" };
  const config = { endpoint: environment.AWS_ENDPOINT_URL!, region: REGION, credentials };
  const ca = readFileSync(environment.NODE_EXTRA_CA_CERTS!);
  return {
    tagging: new ResourceGroupsTaggingAPIClient(config),
    elb: new ElasticLoadBalancingV2Client(config),
    route53: new Route53Client(config),
    iam: new IAMClient(config),
    s3: new S3Client({
      ...config,
      endpoint: environment.AWS_ENDPOINT_URL_S3!,
      requestHandler: { httpsAgent: new Agent({ ca }) },
    }),
  };
}
