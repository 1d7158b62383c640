import { expect } from "chai";
import fc from "fast-check";
import { UserError } from "../../../components/core/user-error";
import {
  type Configuration,
  type ConfiguredSettings,
  configurationOf,
  configurationText,
  differences,
  parseConfiguration,
} from "../../../components/live/configuration";
import {
  configurationOfRelease,
  distinctName,
  hasSameContent,
  isSameRelease,
  type Release,
  releaseDifferences,
  releaseKey,
} from "../../../components/live/release";
import { knownImages } from "../../../components/live/sidecars";
import { parseSettings } from "../../../components/settings/settings";

const IMAGE = `users@sha256:${"a".repeat(64)}`;
const SECRET = "hunter2";

const AGENT = { agent: { image: "doodle:agent-1" } };

function configured(settings: object = {}, version = "3"): Configuration {
  return configurationOf(settingsOf(settings), () => ({ version }), knownImages({}));
}

function settingsOf(settings: object): ConfiguredSettings {
  const others = { users: { kind: "api", exposure: ["internal"] }, mailer: { kind: "worker", queue: true } };
  const { services } = parseSettings({
    domain: "example.jp",
    services: { doodle: { kind: "api", ...settings }, ...others },
  });
  return services.doodle!;
}

function release(settings: object = {}, { name = "v1", image = IMAGE, version = "3" } = {}): Release {
  return { name, image, configuration: configurationText(configured(settings, version)) };
}

describe("components/live/release", () => {
  for (const [before, after, expected] of [
    [{}, {}, []],
    [{ env: { LOG_LEVEL: "info" } }, { env: { LOG_LEVEL: "debug" } }, ["LOG_LEVEL changed"]],
    [{ env: { A: SECRET } }, { env: { B: SECRET } }, ["A removed", "B added"]],
    [{ env: { B: "1", A: "1" } }, { env: { A: "1", B: "1" } }, []],
    [{ secrets: { KEY: "ssm:/a" } }, { secrets: { KEY: "secretsmanager:b" } }, ["KEY from ssm:/a to secretsmanager:b"]],
    [{ memory: 512, port: 1 }, { memory: 1024, port: 2 }, ["port 1 -> 2", "memory 512 -> 1024"]],
    [
      { instanceType: "t3.small" },
      { instanceType: "t3.large" },
      ["memory 1536 -> 6144", "instanceType t3.small -> t3.large"],
    ],
    [{ migrate: "a" }, { migrate: SECRET }, ["migrate changed"]],
    [{ calls: ["users"] }, { sends: ["mailer"] }, ["calls users removed", "sends mailer added"]],
    [{}, { egress: [{ port: 5432, cidr: "10.20.0.0/24" }] }, ["egress changed"]],
    [{}, { exec: true }, ["exec off -> on"]],
    [{ exec: true }, {}, ["exec on -> off"]],
    [{}, { sidecars: AGENT }, ["sidecar agent added"]],
    [{ sidecars: AGENT }, {}, ["sidecar agent removed"]],
    [{ sidecars: AGENT }, { sidecars: AGENT }, []],
    [
      { sidecars: AGENT },
      {
        sidecars: {
          agent: { image: "doodle:agent-2", command: [SECRET], env: { KEY: SECRET }, cpu: 64, essential: false },
        },
      },
      [
        "sidecar agent: image doodle:agent-1 -> doodle:agent-2",
        "sidecar agent: command changed",
        "sidecar agent: KEY added",
        "sidecar agent: cpu 128 -> 64",
        "sidecar agent: essential true -> false",
      ],
    ],
    [{}, { iam: [{ actions: ["s3:GetObject"], resources: ["*"] }] }, ["iam changed"]],
    [{}, { healthCheck: { path: "/up" } }, ["healthCheck.path /healthz -> /up"]],
    [{}, { healthCheck: { intervalSeconds: 20, timeoutSeconds: 9, healthyCount: 3, unhealthyCount: 3 } }, []],
    [{}, { size: 5, test: "true", probes: ["/up"], logRetentionDays: 7 }, []],
  ] as const) {
    it(`from ${JSON.stringify(before)} to ${JSON.stringify(after)} differs in ${expected.join(", ") || "nothing"}`, () => {
      const found = releaseDifferences(release(before), release(after));
      expect(found).to.have.lengthOf(expected.length);
      expected.forEach((text, place) => {
        expect(found[place]).to.match(new RegExp(`^${text}`));
      });
      expect(found.join()).not.to.contain(SECRET);
      expect(hasSameContent(release(before), release(after))).to.equal(expected.length === 0);
    });
  }

  it("says that a sidecar's tag means another image, and which", () => {
    const pinned = (digit: string): Release => {
      const settings = settingsOf({ sidecars: AGENT });
      const image = `doodle@sha256:${digit.repeat(64)}`;
      const configuration = configurationOf(
        settings,
        () => ({ version: "1" }),
        () => image,
      );
      return { ...release(), configuration: configurationText(configuration) };
    };
    expect(releaseDifferences(pinned("a"), pinned("a"))).to.deep.equal([]);
    expect(releaseDifferences(pinned("a"), pinned("b"))).to.deep.equal([
      "sidecar agent: image doodle:agent-1 sha256:aaaaaaaa -> sha256:bbbbbbbb",
    ]);
    // Where nobody has asked the registry, only another reference is a difference.
    expect(releaseDifferences(pinned("a"), release({ sidecars: AGENT }))).to.deep.equal([]);
  });

  it("of a worker has the text that older programs read, as far as they know what is in it", () => {
    const worker = { kind: "worker" };
    expect(release(worker).configuration).to.match(/^1 /);
    for (const key of ["sidecars", "exec", "healthCheck"]) expect(release(worker).configuration).not.to.contain(key);
    expect(release({ ...worker, sidecars: AGENT }).configuration).to.match(/^2 /);
    expect(release({ ...worker, exec: true, sidecars: AGENT }).configuration).to.match(/^3 /);
    expect(release().configuration).to.match(/^5 .*"healthCheck":\{"path":"\/healthz"\}/);
  });

  it("differs in no health path from one of an older program, which recorded none: an upgrade gives no cause for a deploy", () => {
    const { healthCheck: _, ...older } = configured();
    const was = { ...release(), configuration: configurationText(older) };
    expect(was.configuration).to.match(/^1 /);
    expect(parseConfiguration(was.configuration)).to.deep.equal(older);
    expect(releaseDifferences(was, release({ healthCheck: { path: "/up" } }))).to.deep.equal([]);
    expect(hasSameContent(was, release())).to.equal(true);
  });

  it("says the versions of secrets, of long ids the beginning", () => {
    const secrets = { secrets: { DATABASE_URL: "ssm:/db" } };
    const [old, now] = [release(secrets), release(secrets, { version: "4" })];
    expect(releaseDifferences(old, now)).to.deep.equal(["DATABASE_URL version 3 -> 4"]);
    const long = release(secrets, { version: "0f9d4cb8-4b69-40c0-a0ab-cead3EXAMPLE" });
    expect(releaseDifferences(now, long)).to.deep.equal(["DATABASE_URL version 4 -> 0f9d4cb8"]);
  });

  it("has no configuration that a newer program wrote", () => {
    const newer = { ...release(), configuration: "6 {}" };
    expect(() => configurationOfRelease(newer)).to.throw(
      UserError,
      "a release's configuration has version 6, and this program reads up to 5: use the version of the program that deployed it, or a newer one.",
    );
  });

  it("is the same only with the same image, name and configuration", () => {
    const one = release();
    expect(isSameRelease(one, release())).to.equal(true);
    for (const other of [
      release({ port: 1 }),
      release({}, { name: "v2" }),
      release({}, { image: `users@sha256:${"b".repeat(64)}` }),
      { name: "v1", image: IMAGE },
      null,
    ])
      expect(isSameRelease(one, other)).to.equal(false);
    expect(isSameRelease(null, undefined)).to.equal(true);
  });

  it("of an older program is known by its image, and nobody knows whether its content is the same", () => {
    const old = { name: "v1", image: IMAGE };
    expect(releaseKey(old)).to.equal(IMAGE);
    expect(isSameRelease(old, { ...old, name: "latest" })).to.equal(true);
    expect(hasSameContent(old, old)).to.equal(false);
    expect(releaseDifferences(old, release({ port: 1 }))).to.deep.equal([]);
  });

  for (const [tag, others, expected] of [
    ["v2", [], "v2"],
    ["v2", ["v1"], "v2"],
    ["v2", ["v2", "v1"], "v2+1"],
    ["v2", ["v2+1", "v2"], "v2+2"],
    ["v2", ["v2+9", "v20"], "v2+10"],
  ] as const) {
    it(`of tag ${tag} beside ${others.join(", ") || "none"} is called ${expected}`, () => {
      const names = others.map((name) => release({}, { name }));
      expect(distinctName(tag, names)).to.equal(expected);
    });
  }

  it("has a configuration of one line that reads back as it was, without any difference", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[A-Z]{1,8}$/), fc.string()),
        fc.record({ memory: fc.integer({ min: 6, max: 99 }), port: fc.integer({ min: 1, max: 65535 }) }),
        (env, numbers) => {
          const one = configured({ ...numbers });
          const configuration = { ...one, env };
          const text = configurationText(configuration);
          expect(text).not.to.contain("\n");
          expect(parseConfiguration(text)).to.deep.equal(configuration);
          expect(differences(configuration, parseConfiguration(text))).to.deep.equal([]);
        },
      ),
    );
  });
});
