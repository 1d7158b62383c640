import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { readStackSettings } from "../../../automation/core/project";
import { PROJECT_DIRECTORY } from "../../../automation/core/project-directory";
import { UserError } from "../../../components/core/user-error";
import { namesInAws, stackNameProblems } from "../../../components/settings/stack-names";
import { Ecr } from "../../../rehearsal/cloud/services/ecr/model/ecr";
import { CloudWatchLogs } from "../../../rehearsal/cloud/services/logs/model/cloudwatch-logs";
import { Sqs } from "../../../rehearsal/cloud/services/sqs/model/sqs";
import { failureOf } from "../../failure-of";
import { silentCloud } from "../../rehearsal/cloud/silent-cloud";
import { declare, STATES } from "../world";

const SERVICES = {
  mailer: { kind: "worker", queue: true, migrate: "true" },
  users: { kind: "api", queue: null },
} as const;
const OWNER = { project: "aoshingo", stack: "prod" };
const problemsOf = (stack: string, project = OWNER.project) => stackNameProblems({ project, stack }, SERVICES);

const CHARACTERS = "letters and digits, with single hyphens or underscores between them";

describe("names of project and stack", () => {
  const table: [string, string[], string[]][] = [
    ["a plain name", problemsOf("prod"), []],
    ["hyphens, underscores, digits and capitals", problemsOf("Prod-eu_2"), []],
    [
      "a dot",
      problemsOf("prod.eu"),
      [`stack: given "prod.eu", wanted ${CHARACTERS}: the ECS cluster would be called "aoshingo-prod.eu-service-blue"`],
    ],
    [
      "an underscore first",
      problemsOf("_prod"),
      [`stack: given "_prod", wanted ${CHARACTERS}: the ECR repository would be called "aoshingo/_prod/service"`],
    ],
    [
      "a hyphen last",
      problemsOf("prod-"),
      [`stack: given "prod-", wanted ${CHARACTERS}: the ECR repository would be called "aoshingo/prod-/service"`],
    ],
    [
      "two hyphens in a row",
      problemsOf("prod--eu"),
      [`stack: given "prod--eu", wanted ${CHARACTERS}: the ECR repository would be called "aoshingo/prod--eu/service"`],
    ],
    [
      "a project's name with a dot",
      problemsOf("prod", "my.shop"),
      [`project: given "my.shop", wanted ${CHARACTERS}: the ECS cluster would be called "my.shop-prod-service-blue"`],
    ],
    ["a stack of 52 characters, with which a worker's queues just fit", problemsOf("s".repeat(52)), []],
    [
      "a stack of 53 characters",
      problemsOf("s".repeat(53)),
      [
        `stack: given "${"s".repeat(53)}" with 53 characters, wanted at most 52 characters, or at most 5 for the service: the SQS queue of mailer would be called "aoshingo-${"s".repeat(16)}...${"s".repeat(13)}-mailer-dead-letter" with 81, and AWS takes 80`,
      ],
    ],
    [
      "a stack with which no name of the service fits",
      problemsOf("s".repeat(60)),
      [
        `stack: given "${"s".repeat(60)}" with 60 characters, wanted at most 52 characters: the SQS queue of mailer would be called "aoshingo-${"s".repeat(16)}...${"s".repeat(13)}-mailer-dead-letter" with 88, and AWS takes 80`,
      ],
    ],
    [
      "the same without a queue",
      stackNameProblems({ ...OWNER, stack: "s".repeat(100) }, { users: SERVICES.users }),
      [],
    ],
  ];
  for (const [title, problems, expected] of table) it(title, () => expect(problems).to.deep.equal(expected));

  it("has no problem exactly with those of which AWS takes all names", () => {
    const text = fc.string({ unit: fc.constantFrom(..."aZ09-_."), minLength: 1, maxLength: 70 });
    fc.assert(
      fc.property(text, (stack) => {
        expect(problemsOf(stack).length === 0, stack).to.equal(refusals(stack).length === 0);
      }),
      { numRuns: 300, examples: [["prod"], ["prod-eu"], ["Prod_2"], ["s".repeat(52)], ["s".repeat(53)], ["a--b"]] },
    );
  });

  it("stop the program and the commands before anything is made", async () => {
    const message = /^stack: given "prod\.eu", wanted letters and digits/;
    const refused = await failureOf(declare({ stack: "prod.eu", services: { users: STATES.start } }));
    expect(refused.message).to.match(message);
    expect(() => readStackSettings("prod.eu", join(PROJECT_DIRECTORY, "Pulumi.prod.yaml"))).to.throw(
      UserError,
      message,
    );
  });

  it("are in every name that the program chooses, and in no other", async () => {
    const { resources } = await declare({
      services: { users: STATES.second, mailer: { ...STATES.second } },
      settings: { mailer: { kind: "worker", queue: true, migrate: "true" } },
      network: { flowLogs: "all" },
      config: { ci: { repository: "Example/shop" } },
    });
    const chosen = resources.flatMap(({ type, inputs }) =>
      [inputs.name, inputs.family, inputs.path].filter((name) => typeof name === "string" && !IS_HOST.has(type)),
    );
    const known = namesInAws(OWNER, SERVICES).map(({ name }) => name);
    const others = new Set(chosen.filter((name) => !known.includes(String(name))));
    // These are made of the service's name alone, which its own rule bounds: the fingerprint has the rest.
    expect([...others].filter((name) => !/^(?:users|mailer)-.*[0-9a-f]{6}$/.test(String(name)))).to.deep.equal([]);
    expect(known.filter((name) => chosen.includes(name))).to.have.length.above(12);
  });
});

/** Types whose names are hosts in DNS. */
const IS_HOST = new Set(["aws:route53/record:Record", "aws:route53/zone:Zone"]);

const QUEUE = {
  delaySeconds: 0,
  maxMessageSize: 262_144,
  messageRetentionSeconds: 345_600,
  receiveWaitTimeSeconds: 20,
  visibilityTimeoutSeconds: 30,
  sqsManagedSseEnabled: true,
  redrivePolicy: null,
};

/** What the rehearsal's AWS refuses of the names of a stack: by its own checks where it has them, else by AWS's form. */
function refusals(stack: string): string[] {
  const context = silentCloud();
  const [sqs, ecr] = [new Sqs(context, () => "http://sqs"), new Ecr(context)];
  const logs = new CloudWatchLogs(context, "/nonexistent");
  const create: Record<string, (name: string) => unknown> = {
    "SQS queue": (name) => sqs.create(name, QUEUE, null),
    "ECR repository": (name) => ecr.createRepository({ name, imageTagMutability: "IMMUTABLE", scanOnPush: true }),
    "log group": (name) => logs.createGroup(name, null),
  };
  const refused = namesInAws({ ...OWNER, stack }, SERVICES).flatMap(({ form, name }) => {
    try {
      const attempt = create[form.what];
      if (attempt) attempt(name);
      else if (!form.pattern.test(name) || name.length > form.maxLength) return [name];
      return [];
    } catch (error) {
      return [(error as Error).message];
    }
  });
  logs.close();
  return refused;
}
