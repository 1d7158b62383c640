import { expect } from "chai";
import type { UserError } from "../../../components/core/user-error";
import { parseSettings } from "../../../components/settings/settings";

const WANTED_ADDRESS =
  "where the URL is kept, such as env:SLACK_WEBHOOK, ssm:/prod/slack-webhook or secretsmanager:prod/slack-webhook";
const HIDDEN = "given a value that is not shown";

function parsed(values: object) {
  return parseSettings({ domain: "example.jp", services: { users: { kind: "api" } }, ...values });
}

function problemsOf(values: object): string[] {
  try {
    parsed(values);
    return [];
  } catch (error) {
    return (error as UserError).message.split("\n");
  }
}

describe("settings of notifications and approval", () => {
  it("are none by default", () => {
    const { notify, deploy } = parsed({});
    expect(notify).to.deep.equal([]);
    expect(deploy.approve).to.equal(undefined);
    expect(deploy.approveWithin).to.equal("30m");
  });

  it("take each form, and each place to keep an address", () => {
    const notify = [
      { webhook: "env:DEPLOY_WEBHOOK" },
      { slack: "ssm:/prod/slack" },
      { slack: "secretsmanager:prod/slack" },
      { sns: "arn:aws-cn:sns:cn-north-1:123456789012:deploys" },
      { githubDeployment: "example/shop.api" },
    ];
    expect(parsed({ notify }).notify).to.deep.equal(notify);
  });

  const SECRET = "https://hooks.slack.com/services/T0/B0/very-secret";
  const table: [string, object, string[]][] = [
    [
      "an address by value",
      { notify: [{ slack: SECRET }] },
      [`aoshingo:notify.0.slack: ${HIDDEN}, wanted ${WANTED_ADDRESS}`],
    ],
    ["an address by value, bare", { notify: [SECRET] }, [`aoshingo:notify.0: ${HIDDEN}, wanted a map of settings`]],
    [
      "a topic by name",
      { notify: [{ sns: "deploys" }] },
      [`aoshingo:notify.0.sns: ${HIDDEN}, wanted the ARN of an SNS topic`],
    ],
    [
      "a repository without owner",
      { notify: [{ githubDeployment: "shop" }] },
      [`aoshingo:notify.0.githubDeployment: ${HIDDEN}, wanted a repository on GitHub, as owner/name`],
    ],
    [
      "an unknown form",
      { notify: [{ teams: "env:X" }] },
      ["aoshingo:notify.0.teams: unknown key, wanted webhook, slack, sns or githubDeployment"],
    ],
    [
      "two forms in one",
      { notify: [{ slack: "env:A", webhook: "env:B" }] },
      [`aoshingo:notify.0: ${HIDDEN}, wanted a list of maps with one of webhook, slack, sns and githubDeployment each`],
    ],
    [
      "an approval at another time",
      { deploy: { approve: "after-cutover" } },
      ['aoshingo:deploy.approve: given "after-cutover", wanted before-cutover'],
    ],
    [
      "a limit without unit",
      { deploy: { approveWithin: 30 } },
      ["aoshingo:deploy.approveWithin: given 30, wanted a time such as 30m, 90s or 2h"],
    ],
    ...[14, "14s", "169h", "soon"].map((keepWarm): [string, object, string[]] => [
      `${keepWarm} for which an old colour is kept warm`,
      { deploy: { keepWarm } },
      [`aoshingo:deploy.keepWarm: given ${JSON.stringify(keepWarm)}, wanted a time from 15s to 168h, such as 30m`],
    ]),
  ];
  for (const [what, values, problems] of table) {
    it(`refuse ${what}`, () => {
      expect(problemsOf(values)).to.deep.equal(problems);
      expect(problemsOf(values).join()).to.not.include("very-secret");
    });
  }
});
