import { expect } from "chai";
import { configurationOf, configurationText } from "../../../components/live/configuration";
import { knownImages } from "../../../components/live/sidecars";
import { parseSettings } from "../../../components/settings/settings";
import { inputs, TASK } from "../declared";
import { declare, V1 } from "../world";

const ARN = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:prod/missing-AbCdEf";

describe("a secret that was deleted after its release was deployed", () => {
  const users = { kind: "api", secrets: { KEY: "secretsmanager:prod/missing" } };
  const parsed = parseSettings({ domain: "example.jp", services: { users } }).services.users!;
  const configuration = configurationText(
    configurationOf(parsed, () => ({ version: "v-1", arn: ARN }), knownImages({})),
  );
  const active = { release: { ...V1, configuration }, size: 2 };
  const services = {
    users: { active: "blue" as const, colours: { blue: active, green: { release: null, size: 0 } } },
  };
  const options = { services, settings: { users } };

  it("refuses `pulumi up`", async () => {
    const error = await declare(options).catch((caught: Error) => caught);
    expect((error as Error).message).to.equal(
      "aoshingo:services.users.secrets.KEY: given secretsmanager:prod/missing, wanted a secret that exists: couldn't find resource",
    );
  });

  it("stops no deploy and no rollback: the release has its ARN", async () => {
    const deploy = await declare({ ...options, config: { live: { serial: 5, services } } });
    expect(String(inputs(deploy, "users-blue-task", TASK).containerDefinitions)).to.include(`"${ARN}:::v-1"`);
  });
});
