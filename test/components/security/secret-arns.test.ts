import { expect } from "chai";
import { secretSources } from "../../../components/security/secret-arns";

const ACCOUNT = { id: "123456789012", region: "ap-northeast-1", partition: "aws" };
const AT = "ap-northeast-1:123456789012";
const FOUND = { "secretsmanager:prod/token": `arn:aws:secretsmanager:${AT}:secret:prod/token-AbCdEf` };

describe("where ECS reads secrets from", () => {
  const table: [string, Parameters<typeof secretSources>[1][string], string][] = [
    ["a parameter", { from: "ssm:/prod/token", version: "3" }, `arn:aws:ssm:${AT}:parameter/prod/token`],
    [
      "a secret by its version",
      { from: "secretsmanager:prod/token", version: "v-1" },
      `${FOUND["secretsmanager:prod/token"]}:::v-1`,
    ],
    [
      "a secret of the program's own before a release has recorded it",
      { from: "secretsmanager:aoshingo/prod/users/main", version: "" },
      `arn:aws:secretsmanager:${AT}:secret:aoshingo/prod/users/main`,
    ],
  ];
  for (const [what, secret, valueFrom] of table)
    it(`is ${what}`, () => expect(secretSources(ACCOUNT, { TOKEN: secret }, FOUND).TOKEN).to.include({ valueFrom }));
});
