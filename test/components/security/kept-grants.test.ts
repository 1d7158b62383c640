import * as log from "@pulumi/pulumi/log";
import { expect } from "chai";
import { configurationOf, configurationText } from "../../../components/live/configuration";
import type { LiveService } from "../../../components/live/live";
import { knownImages } from "../../../components/live/sidecars";
import { parseSettings } from "../../../components/settings/settings";
import { declare, STATES, V1, type WorldOptions } from "../world";

const SECRET = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:other/admin-AbCdEf";
const WANTED = {
  calls: ["doodle"],
  secrets: { TOKEN: "secretsmanager:other/admin" },
  iam: [{ actions: ["s3:GetObject"], resources: ["arn:aws:s3:::other/*"] }],
  egress: [{ port: 5432, cidr: "10.20.0.0/24" }],
};
const doodle = { kind: "api", exposure: ["internal"], internalPort: 8001 };

/** A release with these settings besides the kind. */
function releaseOf(users: object) {
  const { services } = parseSettings({ domain: "example.jp", services: { users: { kind: "api", ...users }, doodle } });
  const secret = () => ({ version: "v-1", arn: SECRET });
  return { ...V1, configuration: configurationText(configurationOf(services.users!, secret, knownImages({}))) };
}

/** What the program warns of, with this live state of `users` and these settings. */
async function warnings(users: LiveService, settings: object, more: Partial<WorldOptions> = {}): Promise<string[]> {
  const lines: string[] = [];
  const mutable = log as { warn: typeof log.warn };
  const { warn } = mutable;
  mutable.warn = async (line) => void lines.push(line);
  try {
    await declare({
      services: { users, doodle: STATES.start },
      settings: { users: { kind: "api", ...settings }, doodle },
      ...more,
    });
  } finally {
    mutable.warn = warn;
  }
  return lines;
}

const EMPTY = { release: null, size: 0 };

describe("permissions that pulumi up keeps although the settings do not give them", () => {
  it("are named in one line for the service, by release", async () => {
    const users = {
      active: "green" as const,
      colours: {
        blue: { release: releaseOf({ calls: ["doodle"] }), size: 0 },
        green: { release: releaseOf(WANTED), size: 2 },
      },
    };
    expect(await warnings(users, {})).to.deep.equal([
      `aoshingo:services.users: \`pulumi up\` keeps permissions that the settings do not give, because the state says that releases need them, of v1 (kept for a rollback): calls doodle, and of v1 (active): calls doodle; egress 10.20.0.0/24 port 5432; secrets ${SECRET}; iam s3:GetObject on arn:aws:s3:::other/*. They end with the first \`pulumi up\` after two deploys without them. If nobody here deployed a release with them, do not go on: see "Who can write the state" in docs/security.md`,
    ]);
  });

  it("are none where the settings give as much or more", async () => {
    const users = {
      active: "green" as const,
      colours: { blue: EMPTY, green: { release: releaseOf(WANTED), size: 2 } },
    };
    const live = { users, doodle: STATES.start };
    expect(await warnings(users, { ...WANTED, secrets: { TOKEN: "secretsmanager:other/admin" } })).to.deep.equal([]);
    expect(await warnings(live.users, { ...WANTED, calls: ["doodle"], sends: [] })).to.deep.equal([]);
    expect(await warnings(STATES.start, WANTED)).to.deep.equal([]);
  });

  it("are not named in a deploy, which gives none", async () => {
    const users = {
      active: "green" as const,
      colours: { blue: EMPTY, green: { release: releaseOf(WANTED), size: 2 } },
    };
    const live = JSON.stringify({ serial: 5, services: { users, doodle: STATES.start } });
    expect(await warnings(users, {}, { config: { live } })).to.deep.equal([]);
  });

  it("have no characters that a terminal obeys", async () => {
    const iam = [{ actions: ["s3:GetObject"], resources: ["arn:aws:s3:::\u001B[2Kother"] }];
    const users = {
      active: "green" as const,
      colours: { blue: EMPTY, green: { release: releaseOf({}), size: 2 } },
    };
    const release = users.colours.green.release;
    release.configuration = release.configuration.replace('"iam":[]', `"iam":${JSON.stringify(iam)}`);
    const [line] = await warnings(users, {});
    expect(line).to.contain("iam s3:GetObject on arn:aws:s3:::\uFFFD[2Kother");
  });
});
