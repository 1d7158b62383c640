import { assert } from "chai";
import { StepFailed } from "../../../automation/core/errors";
import type { Check, Examined, Finding } from "../../../automation/doctor/check";
import { certificate, judgeCertificate } from "../../../automation/doctor/checks/certificate";
import { judgeCli } from "../../../automation/doctor/checks/cli";
import { credentials } from "../../../automation/doctor/checks/credentials";
import { delegation, judgeDelegation } from "../../../automation/doctor/checks/delegation";
import { freeze } from "../../../automation/doctor/checks/freeze";
import { judgeLease, lease } from "../../../automation/doctor/checks/lease";
import { judgePending, pending } from "../../../automation/doctor/checks/pending";
import { quotas } from "../../../automation/doctor/checks/quotas";
import { newNames, records } from "../../../automation/doctor/checks/records";
import { run } from "../../../automation/doctor/checks/run";
import { judgeState, state } from "../../../automation/doctor/checks/state";
import { UserError } from "../../../components/core/user-error";
import { parseSettings } from "../../../components/settings/settings";
import { Scene } from "../deploy/scene";
import { outputsOf } from "../deploy/worlds";
import { LEASE } from "../status/samples";
import { exported, wellAccount, wellExamined } from "./fake-examined";

const DAY_MS = 86_400_000;

describe("what doctor checks", () => {
  let scene: Scene;
  beforeEach(() => {
    scene = new Scene();
  });
  afterEach(() => scene.close());

  /** `ok detail` or `todo detail -> remedy`, one line for each finding. */
  const lines = (findings: readonly Finding[]) =>
    findings.map(({ says, detail, remedy }) => `${says} ${detail}${remedy === undefined ? "" : ` -> ${remedy}`}`);
  const found = async (check: Check, changes: Partial<Examined> = {}) =>
    lines(await check.look(wellExamined(scene, changes)));

  it("the CLI: its version", () => {
    assert.equal(judgeCli("v3.260.0", "/bin/pulumi").says, "ok");
    assert.equal(judgeCli("v3.248.0", "/bin/pulumi").says, "ok");
    assert.equal(judgeCli("v4.0.0-alpha.1+dirty", "/bin/pulumi").says, "ok");
    assert.deepEqual(lines([judgeCli("v3.247.9", "/bin/pulumi")]), [
      "todo v3.247.9 (/bin/pulumi) is older than 3.248.0 -> update it, or take it off PATH: then a newer one is fetched",
    ]);
  });

  it("credentials: whose they are", async () => {
    assert.deepEqual(await found(credentials), ["ok arn:aws:iam::111111111111:user/me, ap-northeast-1"]);
    const other = wellAccount({
      caller: async () => ({ account: "222222222222", arn: "arn:aws:iam::222222222222:user/me" }),
    });
    assert.deepEqual(await found(credentials, { account: other }), [
      "todo arn:aws:iam::222222222222:user/me is of another account than the stack's, 111111111111 -> use credentials of 111111111111",
    ]);
    const none = wellAccount({
      caller: async () => {
        throw new Error("Could not load credentials from any providers");
      },
    });
    assert.deepEqual(await found(credentials, { account: none }), [
      "todo AWS does not say who you are: Could not load credentials from any providers -> set AWS_PROFILE, or sign in again",
    ]);
  });

  it("the state: readable, and its secrets encrypted", async () => {
    const backend = "s3://states/prod?region=ap-northeast-1&awssdk=v2";
    assert.deepEqual(lines([judgeState(exported(), backend)]), [
      "ok 1 resources in s3://states/prod; secrets encrypted by passphrase",
    ]);
    const { secrets_providers: _, ...bare } = exported().deployment!;
    assert.match(
      lines([judgeState({ deployment: bare }, "file://~")])[0]!,
      /^todo .*on this machine alone; secrets are not encrypted ->/,
    );
    assert.match(lines([judgeState({}, "")])[0]!, /^todo nothing is there yet -> bring/);
    const unread = async () => {
      throw new UserError("no such stack");
    };
    assert.match(
      (await found(state, { state: unread, environment: { PULUMI_BACKEND_URL: backend } }))[0]!,
      /^todo the stack cannot be read from s3:\/\/states\/prod: no such stack ->/,
    );
  });

  it("pending operations", async () => {
    assert.deepEqual(await found(pending), ["ok none"]);
    const resource = {
      urn: "urn:pulumi:prod::aoshingo::aws:ecs/service:Service::users-blue-service",
      type: "aws:ecs/service:Service",
    };
    const finding = judgePending(exported({ pending_operations: [{ type: "creating", resource }] }));
    assert.match(lines([finding])[0]!, /^todo creating ecs\/service users-blue-service -> the next deploy clears them/);
  });

  it("the lease: who holds it, or died with it", async () => {
    assert.deepEqual(await found(lease), ["ok free; there was no deploy yet"]);
    const held = await scene.store.acquire({ who: "me", host: "here", pid: process.pid, what: "deploy users=v2" });
    assert.match((await found(lease))[0]!, /^ok held by deploy users=v2 by me \(pid \d+ on here\) since/);
    await held.release();
    assert.deepEqual(await found(lease), ["ok free"]);
    assert.match(
      lines([judgeLease(null, LEASE)])[0]!,
      /^todo not given back by deploy users=v3 by me@here .*: its process died -> nothing for the lease itself/,
    );
  });

  it("the last run: finished, going on, or left", async () => {
    assert.deepEqual(await found(run), ["ok there was none yet"]);
    let during: string[] = [];
    scene.stack.onUp = async (number) => {
      if (number === 1) during = await found(run);
    };
    await scene.deploy();
    assert.match(during[0]!, /^ok \S+ \(deploy users=v2\) goes on: warm$/);
    assert.match((await found(run))[0]!, /^ok \S+ \(deploy users=v2\) is done$/);
    scene.stack.failures.set(4, new StepFailed("no capacity")).set(5, new StepFailed("throttled"));
    await scene.deploy("v1");
    assert.match(
      (await found(run))[0]!,
      /^todo \S+ \(deploy users=v1\) by \S+ is not finished -> `npm run resume -- --stack prod`/,
    );
  });

  it("a freeze", async () => {
    assert.deepEqual(await found(freeze), ["ok deploys are allowed"]);
    await scene.store.freeze({ who: "me", sinceMs: 0, reason: "sale" });
    assert.deepEqual(await found(freeze), [
      "todo deploys are frozen by me since 1970-01-01 00:00 UTC: sale -> `npm run unfreeze -- --stack prod` when that is over",
    ]);
  });

  it("the domain: answered by its own zone", async () => {
    const own = ["ns-1.awsdns-01.org", "ns-2.awsdns-02.net"];
    const judged = (...args: Parameters<typeof judgeDelegation>) => lines([judgeDelegation(...args)])[0]!;
    assert.equal(
      judged("example.jp", own, ["NS-2.awsdns-02.net.", "ns-1.awsdns-01.org"]),
      "ok example.jp is answered by its zone in Route 53",
    );
    assert.match(judged("example.jp", null, own), /^todo Route 53 has no public hosted zone example.jp ->/);
    assert.match(judged("example.jp", own, null), /^todo the public DNS does not know example.jp -> give ns-1/);
    assert.match(
      judged("example.jp", own, ["ns.registrar.jp"]),
      /^todo example.jp is answered by ns.registrar.jp, not by its zone/,
    );
    assert.match(
      (await found(delegation, { environment: { AWS_ENDPOINT_URL: "http://127.0.0.1" } }))[0]!,
      /^skipped a stand-in of AWS is asked/,
    );
  });

  it("certificates: issued, for the names, and long enough", async () => {
    assert.deepEqual(await found(certificate), ["ok example.jp, *.example.jp is issued, 300 days left"]);
    const declared = { arn: "arn:cert", names: ["example.jp", "*.example.jp"] };
    const judged = (changes: object) => {
      const seen = { status: "ISSUED", names: declared.names, expiresAtMs: 300 * DAY_MS, reason: "", ...changes };
      return lines([judgeCertificate(declared, seen, 0)])[0]!;
    };
    assert.match(
      judged({ status: "PENDING_VALIDATION", expiresAtMs: null }),
      /^todo .* is PENDING_VALIDATION -> see that its validation record/,
    );
    assert.match(judged({ status: "FAILED", reason: "CAA_ERROR" }), /is FAILED \(CAA_ERROR\)/);
    assert.match(judged({ names: ["example.jp"] }), /^todo it does not cover \*\.example\.jp ->/);
    assert.match(
      judged({ expiresAtMs: 44 * DAY_MS, reason: "its renewal is FAILED" }),
      /runs out in 44 days \(its renewal is FAILED\)/,
    );
    assert.equal(judged({ expiresAtMs: 45 * DAY_MS }), "ok example.jp, *.example.jp is issued, 45 days left");
    assert.match(
      (await found(certificate, { state: async () => exported({ resources: [] }) }))[0]!,
      /^todo the stack has none yet/,
    );
  });

  it("records: where they lead, and who has taken the names that are to come", async () => {
    assert.deepEqual(await found(records), ["ok each leads where it shall; no other is in the way"]);
    const astray = {
      aliases: async (_: string, names: readonly string[]) =>
        Object.fromEntries(names.map((name) => [name, "other.elb.test"])),
    };
    const findings = await found(records, { observer: astray });
    assert.lengthOf(findings, 2);
    assert.match(
      findings[0]!,
      /^todo the record users\.example\.jp leads to other\.elb\.test, wanted the blue load balancer/,
    );

    const settings = parseSettings({
      domain: "example.jp",
      services: { users: { kind: "api" }, doodle: { kind: "api" }, mailer: { kind: "worker" } },
    });
    assert.deepEqual(newNames(settings, scene.stack.current!), ["doodle.example.jp", "doodle-test.example.jp"]);
    const account = wellAccount({ recordTypes: async (_, names) => ({ [names[0]!]: ["A", "TXT"] }) });
    const taken = await found(records, { account, settings: { settings, region: "x", file: "x" } });
    assert.match(
      taken[0]!,
      /^todo doodle\.example\.jp exists already \(A, TXT\), and the stack has not made it -> delete or import it/,
    );
    assert.deepEqual(await found(records, { outputs: async () => null }), [
      "skipped the stack has no infrastructure yet",
    ]);
  });

  it("records of a service that never had a release lead nowhere yet that matters", async () => {
    const start = {
      serial: 0,
      services: {
        users: {
          active: "green" as const,
          colours: { blue: { release: null, size: 0 }, green: { release: null, size: 0 } },
        },
      },
    };
    const none = { aliases: async () => ({}) };
    const findings = await found(records, { outputs: async () => outputsOf(start), observer: none });
    assert.deepEqual(findings, ["ok each leads where it shall; no other is in the way"]);
  });

  it("quotas: what the settings need at the most", async () => {
    assert.deepEqual(await found(quotas), [
      "ok 2 of 1000 rules on a load balancer, 2 of 1000 target groups on a load balancer, 2 of 1000 listeners on a load balancer, 2 of 1000 load balancers, 8 of 1000 vCPUs of instances, 1 of 1000 elastic addresses",
    ]);
    const small = wellAccount({ quota: async (_, code) => (code === "L-1216C47A" ? 5 : 1000) });
    assert.include(
      await found(quotas, { account: small }),
      "todo 8 vCPUs of instances at the most, and AWS allows 5 -> ask Service Quotas for more (ec2 L-1216C47A)",
    );
    const closed = wellAccount({
      quota: async () => {
        throw new Error("not authorized");
      },
    });
    const findings = await found(quotas, { account: closed });
    assert.match(findings[0]!, /^ok 2 of 100 rules on a load balancer, 2 of 100 target groups/);
    assert.include(findings, "skipped 8 vCPUs of instances at the most; what AWS allows is not known: not authorized");
  });
});
