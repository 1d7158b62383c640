import "../../../../../../automation/core/silent-aws-sdk";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { expect } from "chai";
import { AUDIENCE, GITHUB_ISSUER, trustPolicy } from "../../../../../../components/security/ci-trust";
import type { CiSettings } from "../../../../../../components/settings/settings";
import { tokenUrl } from "../../../../../../rehearsal/cloud/api/job-tokens";
import type { Job } from "../../../../../../rehearsal/cloud/services/sts/model/web-identity";
import { refusalOf, Scene } from "../../../api/scene";

const IDS = { owner: 11, repository: 22 };
const CI: CiSettings = { repository: "Example/shop", ids: IDS, branch: "main", provider: "create", iam: [] };
const MAIN = "refs/heads/main";
const DENIED = "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity";

interface Request {
  seconds?: number;
  audience?: string;
  role?: string;
  token?: string;
}

/** Roles with the program's own trust policies, and tokens in GitHub's forms (aws-rules I10 to I13). */
describe("rehearsal/cloud/services/sts/api/sts", () => {
  let scene: Scene;

  before(async () => {
    scene = new Scene(1);
    await scene.start();
    const provider = scene.iam.oidcProviders.create(`https://${GITHUB_ISSUER}`, [AUDIENCE], []);
    for (const [name, use, deployRefs] of [
      ["deployer", "deploy"],
      ["previewer", "preview"],
      ["tagger", "deploy", ["refs/heads/hotfix", "refs/tags/v*"]],
    ] as const)
      scene.iam.roles.create({
        ...{ name, path: "/", maxSessionDuration: use === "deploy" ? 14_400 : 3_600 },
        assumeRolePolicy: JSON.stringify(
          trustPolicy(provider.arn, use, { ...CI, ...(deployRefs ? { deployRefs: [...deployRefs] } : {}) }, "prod"),
        ),
      });
  });
  after(() => scene.close());

  async function take(job: Job, { seconds = 3_600, audience = AUDIENCE, role = "deployer", token }: Request = {}) {
    const { value } = (await (await fetch(`${tokenUrl(scene.url, job)}&audience=${audience}`)).json()) as {
      value: string;
    };
    const body = new URLSearchParams({
      ...{ Action: "AssumeRoleWithWebIdentity", Version: "2011-06-15", RoleSessionName: "GitHubActions" },
      ...{ RoleArn: `arn:aws:iam::123456789012:role/${role}`, WebIdentityToken: token ?? value },
      DurationSeconds: String(seconds),
    });
    const text = await (await fetch(scene.url, { method: "POST", body })).text();
    const elementOf = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? "";
    const accessKeyId = elementOf("AccessKeyId");
    return accessKeyId
      ? {
          said: "taken",
          accessKeyId,
          secretAccessKey: elementOf("SecretAccessKey"),
          sessionToken: elementOf("SessionToken"),
        }
      : { said: `${elementOf("Code")}: ${elementOf("Message")}`, accessKeyId, secretAccessKey: "", sessionToken: "" };
  }

  const repository = "Example/shop";
  for (const [title, job, request, said] of [
    ["a deploy in its environment", { repository, environment: "prod", ref: MAIN }, {}, "taken"],
    ["the same with numbers in its subject", { repository, ids: IDS, environment: "prod", ref: MAIN }, {}, "taken"],
    [
      "a deploy with other numbers",
      { repository, ids: { owner: 11, repository: 23 }, environment: "prod", ref: MAIN },
      {},
      DENIED,
    ],
    ["a deploy in another environment", { repository, environment: "staging", ref: MAIN }, {}, DENIED],
    ["a deploy from another branch (I18)", { repository, environment: "prod", ref: "refs/heads/other" }, {}, DENIED],
    [
      "a deploy from a branch whose name begins like it",
      { repository, environment: "prod", ref: `${MAIN}2` },
      {},
      DENIED,
    ],
    ["a deploy from a tag", { repository, environment: "prod", ref: "refs/tags/main" }, {}, DENIED],
    ["a pull request that names the environment", { repository, environment: "prod" }, {}, DENIED],
    [
      "a tag, where tags deploy",
      { repository, environment: "prod", ref: "refs/tags/v1.2" },
      { role: "tagger" },
      "taken",
    ],
    [
      "the second ref that deploys",
      { repository, environment: "prod", ref: "refs/heads/hotfix" },
      { role: "tagger" },
      "taken",
    ],
    ["the branch, where tags deploy", { repository, environment: "prod", ref: MAIN }, { role: "tagger" }, DENIED],
    ["a deploy outside an environment", { repository, ref: MAIN }, {}, DENIED],
    ["another repository", { repository: "Example/other", environment: "prod", ref: MAIN }, {}, DENIED],
    ["a repository in other letters", { repository: "example/shop", environment: "prod", ref: MAIN }, {}, DENIED],
    ["a preview of a pull request", { repository }, { role: "previewer" }, "taken"],
    ["a search for drift on the branch", { repository, ids: IDS, ref: MAIN }, { role: "previewer" }, "taken"],
    ["a preview on another branch", { repository, ref: "refs/heads/other" }, { role: "previewer" }, DENIED],
    ["a pull request that wants to deploy", { repository }, {}, DENIED],
    ["a role that does not exist", { repository }, { role: "ghost" }, DENIED],
    ["four hours for a deploy (I13)", { repository, environment: "prod", ref: MAIN }, { seconds: 14_400 }, "taken"],
    [
      "more than the role's longest session (I13)",
      { repository },
      { role: "previewer", seconds: 3_601 },
      "ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    ],
    [
      "a token for another audience",
      { repository, environment: "prod", ref: MAIN },
      { audience: "https://github.com/Example" },
      "InvalidIdentityToken: Incorrect token audience",
    ],
    [
      "a token that nobody signed",
      { repository, environment: "prod", ref: MAIN },
      { token: "a.eyJpc3MiOiJodHRwczovL3Rva2VuIn0.c2ln" },
      "InvalidIdentityToken: Couldn't retrieve verification key from your identity provider",
    ],
  ] as [string, Job, Request, string][])
    it(`${title}: ${said}`, async () => expect((await take(job, request)).said).to.equal(said));

  it("gives keys that say whose they are, until the session is over (I13)", async () => {
    const { said: _, ...credentials } = await take({ repository, environment: "prod", ref: MAIN });
    const sts = new STSClient(scene.options(credentials));
    expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).to.equal(
      "arn:aws:sts::123456789012:assumed-role/deployer/GitHubActions",
    );
    scene.aheadMs = 3_600_000;
    expect(await refusalOf(sts.send(new GetCallerIdentityCommand({})))).to.deep.equal([
      "ExpiredToken",
      "The security token included in the request is expired",
    ]);
    sts.destroy();
  });

  it("wants keys for everything else", async () => {
    const body = new URLSearchParams({ Action: "GetCallerIdentity", Version: "2011-06-15" });
    expect(await (await fetch(scene.url, { method: "POST", body })).text()).to.match(
      /MissingAuthenticationToken.*Request is missing Authentication Token/,
    );
  });

  it("without the account's provider: refused", async () => {
    scene.iam.oidcProviders.delete(`arn:aws:iam::123456789012:oidc-provider/${GITHUB_ISSUER}`);
    expect((await take({ repository, environment: "prod", ref: MAIN })).said).to.equal(
      `InvalidIdentityToken: No OpenIDConnect provider found in your account for https://${GITHUB_ISSUER}`,
    );
  });
});
