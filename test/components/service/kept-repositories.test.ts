import { expect } from "chai";
import { ACCOUNT_REPOSITORIES, declare, STATES } from "../world";

const SERVICES = { users: STATES.start, doodle: STATES.start };
const OURS = { project: "aoshingo", stack: "prod", service: "doodle" };

describe("repositories that the account has already", () => {
  afterEach(() => ACCOUNT_REPOSITORIES.clear());

  const errorOf = () =>
    declare({ services: SERVICES }).then(
      () => "done",
      (error: Error) => error,
    );

  it("are taken by a service that comes back if their tags are the stack's, whoever added others", async () => {
    ACCOUNT_REPOSITORIES.set("aoshingo/prod/doodle", { ...OURS, owner: "aoi" });
    expect(await errorOf()).to.equal("done");
  });

  for (const [whose, tags] of [
    ["nobody's", {}],
    ["another stack's", { ...OURS, stack: "Prod" }],
    ["another service's", { ...OURS, service: "polls" }],
  ] as const)
    it(`are refused before anything if they are ${whose}`, async () => {
      ACCOUNT_REPOSITORIES.set("aoshingo/prod/doodle", tags);
      const error = await errorOf();
      expect((error as Error).message).to.equal(
        "aoshingo:services.doodle: its ECR repository aoshingo/prod/doodle is there already, and its tags do not say that it is this stack's, " +
          "wanted project=aoshingo, stack=prod, service=doodle: give the service another name, or the repository these tags " +
          "(`aws ecr tag-resource --resource-arn arn:aws:ecr:ap-northeast-1:123456789012:repository/aoshingo/prod/doodle --tags Key=project,Value=aoshingo Key=stack,Value=prod Key=service,Value=doodle`; " +
          "the stack then takes it over with its images), or delete it (`aws ecr delete-repository --repository-name aoshingo/prod/doodle`)",
      );
    });

  it("are not looked up for a service that the stack has", async () => {
    const { outputs: last } = await declare({ services: SERVICES });
    ACCOUNT_REPOSITORIES.set("aoshingo/prod/doodle", {});
    expect((await declare({ services: SERVICES, last })).outputs.services).to.have.keys("users", "doodle");
  });
});
