import { expect } from "chai";
import type { LiveService } from "../../components/live/live";
import { readOutputs, readState } from "../../components/live/stack-state";
import { RECORD, RULE } from "./declared";
import { counted, EngineStack } from "./engine-stack";

const image = (digit: string) =>
  `123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/aoshingo/test/users@sha256:${digit.repeat(64)}`;

const v1 = { image: image("a"), name: "v1" };
const v2 = { image: image("b"), name: "v2" };
const empty = { release: null, size: 0 };
const START: LiveService = { active: "green", colours: { blue: empty, green: empty } };
const WARM: LiveService = { active: "green", colours: { blue: { release: v1, size: 2 }, green: empty } };
const FLIPPED: LiveService = { ...WARM, active: "blue" };
const SECOND: LiveService = { ...FLIPPED, colours: { ...FLIPPED.colours, green: { release: v2, size: 2 } } };

describe("the program under the engine", () => {
  let engine: EngineStack;

  before(async () => {
    engine = await EngineStack.start();
    await engine.set("services", { users: { kind: "api" } });
    await engine.up();
  });

  after(() => engine.stop());

  const setLive = (serial: number, users: LiveService) => engine.setLive(serial, { users });

  const nextSerial = async () => readOutputs(await engine.outputs())!.live.serial + 1;

  it("starts without a release, ready for the first one on blue", async () => {
    const { live, services } = readOutputs(await engine.outputs())!;
    expect(live).to.deep.equal({ serial: 0, services: { users: START } });
    expect(services.users!.colours.blue).to.include({ ecsService: null, taskDefinition: null });
  });

  it("boots instances after the service, the rules, the policies and the security group's rules", async () => {
    await setLive(1, WARM);
    expect(counted(await engine.up())).to.deep.equal({ create: 4, update: 1 });
    const group = (await engine.resources()).find(({ urn }) => urn.endsWith("::users-blue-instances"))!;
    const names = group.dependencies!.map((urn) => urn.split("::").at(-1));
    expect(names).to.include.members([
      "users-blue-service",
      "users-production-at-blue",
      "users-production-at-green",
      "users-test-at-blue",
      "users-test-at-green",
      "users-agent",
      "users-pull-and-log",
      "users-from-public",
      "public-to-users",
      "users-to-https",
    ]);
  });

  it("changes nothing in a run without live state, whatever the settings of a colour that runs", async () => {
    await engine.forgetLive();
    await engine.set("services", {
      users: { kind: "api", port: 9000, cpu: 512, memory: 512, instanceType: "t4g.small", env: { LEVEL: "info" } },
    });
    const changes = await engine.preview();
    await engine.set("services", { users: { kind: "api" } });
    expect(changes.map(({ op, name }) => `${op} ${name}`)).to.deep.equal(["update users-green-instance"]);
  });

  it("changes rules before records in a cutover, and nothing else", async () => {
    await setLive(2, FLIPPED);
    const changes = await engine.up();
    expect(counted(changes)).to.deep.equal({ update: 6 });
    expect(changes.map(({ type }) => type)).to.deep.equal([...Array(4).fill(RULE), ...Array(2).fill(RECORD)]);
  });

  describe("in a ramp", () => {
    const PRODUCTION_RULES = ["users-production-at-blue", "users-production-at-green"];
    const updates = PRODUCTION_RULES.map((name) => ({ op: "update", type: RULE, name }));
    const upTo = async (serial: number, users: LiveService) => {
      await setLive(serial, users);
      const changes = await engine.up();
      return changes.sort((one, other) => (one.name < other.name ? -1 : 1));
    };
    const inputsByName = async () => {
      const resources = await engine.resources();
      return new Map(resources.map(({ urn, inputs }) => [urn.split("::").at(-1)!, inputs ?? {}]));
    };

    before(async () => {
      await setLive(3, SECOND);
      await engine.up();
    });

    it("updates the two production rules, in their actions, and nothing else", async () => {
      const before = await inputsByName();
      expect(await upTo(4, { ...SECOND, idleShare: 1 })).to.deep.equal(updates);
      const after = await inputsByName();
      expect([...after.keys()]).to.have.members([...before.keys()]);
      for (const name of PRODUCTION_RULES) {
        const side = name.split("-").at(-1);
        const { actions, ...rest } = after.get(name)!;
        expect(before.get(name)).to.deep.include(rest);
        expect(actions).to.have.deep.nested.property("[0].forward.targetGroups", [
          { arn: `arn:aws:aws:lb/targetGroup:TargetGroup:users-blue-at-${side}`, weight: 99 },
          { arn: `arn:aws:aws:lb/targetGroup:TargetGroup:users-green-at-${side}`, weight: 1 },
        ]);
      }
    });

    it("is taken back by the same two rules", async () => {
      expect(await upTo(5, SECOND)).to.deep.equal(updates);
    });

    it("is kept by a run without live state", async () => {
      expect(await upTo(6, { ...SECOND, idleShare: 50 })).to.deep.equal(updates);
      await engine.forgetLive();
      expect(await engine.up()).to.deep.equal([]);
      expect(readOutputs(await engine.outputs())!.live.services.users).to.deep.equal({ ...SECOND, idleShare: 50 });
    });

    it("ends with a cutover like any other, rules before records", async () => {
      await setLive(7, { ...SECOND, active: "green" });
      const changes = await engine.up();
      expect(counted(changes)).to.deep.equal({ update: 6 });
      expect(changes.map(({ type }) => type)).to.deep.equal([...Array(4).fill(RULE), ...Array(2).fill(RECORD)]);
    });
  });

  it("refuses a share for a colour at size 0, in one line", async () => {
    await setLive(3, { ...FLIPPED, idleShare: 10 });
    const error = await engine.refusal();
    expect(error).to.contain(
      "aoshingo:live.services.users.idleShare: given 10, but green is at size 0: warm it before traffic goes there.",
    );
    expect(error).not.to.contain("live-state.ts");
  });

  it("reports every secret that does not exist, before anything changes", async () => {
    await engine.forgetLive();
    const secrets = { KEY: "secretsmanager:users/key", TOKEN: "secretsmanager:users/token" };
    await engine.set("services", { users: { kind: "api", secrets } });
    const error = await engine.refusal();
    await engine.set("services", { users: { kind: "api" } });
    for (const [variable, reference] of Object.entries(secrets)) {
      expect(error).to.contain(
        `aoshingo:services.users.secrets.${variable}: given ${reference}, wanted a secret that exists: reading Secrets Manager Secret: couldn't find resource`,
      );
    }
    expect(error).not.to.contain("secret-arns.ts");
  });

  it("refuses a serial that does not follow, in one line", async () => {
    await setLive(7, FLIPPED);
    const error = await engine.refusal();
    expect(error).to.contain("aoshingo:live.serial is 7, but the stack is at 2: wanted 2 or 3.");
    expect(error).not.to.contain("live-state.ts");
  });

  it("leaves the certificate's validation record to other certificates when it is destroyed (M6)", async () => {
    const record = (await engine.resources()).find(({ urn }) => urn.endsWith("::domain-validation-record"));
    expect(record).to.include({ type: RECORD, retainOnDelete: true });
  });

  it("keeps its subnets when the account opts in to a Local Zone (N14)", async () => {
    engine.optInToLocalZone();
    await engine.forgetLive();
    expect(await engine.up()).to.deep.equal([]);
  });

  describe("in a deploy whose look-ups fail", () => {
    it("takes a release back without the test header's value, and with a second zone of the domain's name", async () => {
      await engine.set("testHeader", { name: "x-preview", value: "ssm:/prod/preview-key" });
      await engine.forgetLive();
      await engine.up();
      const { live } = readOutputs(await engine.outputs())!;
      const { users } = live.services as Record<string, LiveService>;
      const active = users!.active === "blue" ? ("green" as const) : ("blue" as const);
      await setLive(live.serial + 1, { ...users!, active });
      const changes = await engine.withoutLookUps(() => engine.up());
      expect(new Set(changes.map(({ type }) => type))).to.deep.equal(new Set([RULE, RECORD]));
      await setLive(live.serial + 2, users!);
      await engine.withoutLookUps(() => engine.up());
      await engine.forgetLive();
      expect(await engine.withoutLookUps(() => engine.refusal())).to.match(
        /aoshingo:(?:domain|testHeader\.value): given /,
      );
      // Testers' rules have kept the value.
      expect(await engine.up()).to.deep.equal([]);
      await engine.set("testHeader", undefined);
      await engine.up();
    });
  });

  describe("after an older program", () => {
    // A deploy in CI may change no other records than those of names (docs/permissions.md).
    it("changes nothing of the certificate's validation record", async () => {
      await engine.forgetInput("domain-validation-record", "allowOverwrite");
      await engine.forgetLive();
      expect(await engine.up()).to.deep.equal([]);
    });

    it("reads the separate outputs of an older program, and keeps what its release may reach", async () => {
      const database = { port: 5432, cidr: "10.20.0.0/24" };
      const { blue, green } = SECOND.colours;
      await setLive(await nextSerial(), { active: "green", colours: { blue: { ...blue, size: 0 }, green } });
      await engine.up();
      await engine.forgetLive();
      await engine.set("services", { users: { kind: "api", egress: [database] } });
      await engine.up();
      const { live, state: _, ...printed } = await engine.outputs();
      const { immutableSettings, grants, ...state } = readState(await engine.outputs());
      const { egress, ...granted } = grants!.users!.blue;
      expect(egress).to.deep.equal([database]);
      const former = { ...granted, reaches: egress };
      await engine.writeOutputs({
        ...{ live, ...printed, ...state },
        foundation: immutableSettings,
        grants: { users: { blue: former, green: former } },
      });

      await engine.set("services", { users: { kind: "api" } });
      expect(await engine.up()).to.deep.equal([]);

      const outputs = await engine.outputs();
      expect(Object.keys(outputs)).to.have.members(["live", "services", "state"]);
      expect(readState(outputs)).to.deep.equal({
        ...{ ...state, immutableSettings },
        grants: { users: { blue: { ...granted, egress: [] }, green: { ...granted, egress: [database] } } },
      });
    });
  });
});
