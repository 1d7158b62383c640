import { type Declared, list, type Rule } from "../declared";

interface Statement {
  Sid?: string;
  Effect: "Allow" | "Deny";
  Action?: string | string[];
  NotAction?: unknown;
  Resource?: string | string[];
  NotResource?: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}

/** Actions such as `ec2:Describe*`, with which AWS lists and describes resources and never reads their content. */
const LOOKING = /^[a-z0-9-]+:(Describe|List)[A-Za-z0-9]*\*?$/;

/** Actions for which IAM takes no resource, with what each does (Service Authorization Reference). */
const WITHOUT_RESOURCE: Record<string, string> = {
  "ecr:GetAuthorizationToken": "a token for all that other statements allow of ECR",
  "ec2:CreateNetworkInterface": "puts a function into a network: Lambda asks for the right to do so anywhere",
  "ec2:DeleteNetworkInterface": "takes a function's interface out of a network again",
  "ec2:AssignPrivateIpAddresses": "gives a function's interface an address",
  "ec2:UnassignPrivateIpAddresses": "takes it back",
  "ecs:DiscoverPollEndpoint": "tells an agent the address of ECS",
  "ecs:DeregisterTaskDefinition": "only marks a revision as not to be used",
  "cloudwatch:GetMetricData": "numbers",
  "ssmmessages:CreateControlChannel": "waits for sessions of ECS Exec in the task's own containers",
  "ssmmessages:CreateDataChannel": "connects such a session with its client",
  "ssmmessages:OpenControlChannel": "waits for sessions of ECS Exec in the task's own containers",
  "ssmmessages:OpenDataChannel": "connects such a session with its client",
};

/** A policy that AWS manages, such as AdministratorAccess. */
const OF_AWS = /^arn:[\w-]+:iam::aws:policy\//;

/** Conditions on tags limit actions whose resources have no predictable name. */
const BY_TAG = /^aws:(ResourceTag|RequestTag)\//;

/** A right names its actions and its resources. A statement that denies may be as wide as it needs to be. */
export const rightsAreNarrow: Rule = {
  name: "rights-are-narrow",
  description:
    "No right covers every action or every resource, except to list and describe, and where AWS has no narrower one.",
  types: [
    ...["aws:iam/rolePolicy:RolePolicy", "aws:iam/policy:Policy", "aws:iam/role:Role"],
    ...["aws:iam/rolePolicyAttachment:RolePolicyAttachment", "aws:iam/policyAttachment:PolicyAttachment"],
  ],
  check({ inputs }) {
    const documents = [inputs.policy, ...list(inputs.inlinePolicies).map(({ policy }) => policy)];
    return [
      ...[inputs.policyArn, ...lists(inputs.managedPolicyArns as string[] | undefined)]
        .filter((arn) => OF_AWS.test(String(arn)))
        .map(
          (arn) =>
            `${String(arn)} is attached: AWS says what it allows, and may change it; write a policy that names actions and resources`,
        ),
      ...documents
        .flatMap(statementsOf)
        .filter(({ Effect }) => Effect === "Allow")
        .flatMap((statement) => [...wideActions(statement), ...wideResources(statement)]),
    ];
  },
};

/** A policy that admits everybody protects nothing. Deny statements apply to everybody by nature. */
export const nobodyIsEverybody: Rule = {
  name: "nobody-is-everybody",
  description: "Buckets, queues and roles name who may use them.",
  types: ["aws:s3/bucketPolicy:BucketPolicy", "aws:sqs/queuePolicy:QueuePolicy", "aws:iam/role:Role"],
  check({ inputs }) {
    return statementsOf(inputs.policy ?? inputs.assumeRolePolicy)
      .filter(({ Effect }) => Effect === "Allow")
      .filter((statement) => isEverybody((statement as { Principal?: unknown }).Principal))
      .map(({ Sid }) => `statement ${Sid ?? ""} admits everybody: name who may`);
  },
};

/**
 * A token says for which job of which repository it was issued; anyone on GitHub can take a role that does not check
 * it.
 */
export const tokensNameJobs: Rule = {
  name: "tokens-name-jobs",
  description: "A role that tokens of an OIDC provider can take checks their audience and their exact subjects.",
  types: ["aws:iam/role:Role"],
  check({ inputs }: Declared) {
    return statementsOf(inputs.assumeRolePolicy)
      .filter(({ Action }) => lists(Action).includes("sts:AssumeRoleWithWebIdentity"))
      .flatMap(({ Condition = {} }) => {
        const exact = Condition.StringEquals ?? {};
        const asked = (claim: string) =>
          Object.entries(exact).some(
            ([key, values]) => key.endsWith(`:${claim}`) && lists(values as string).every((one) => !/[*?]/.test(one)),
          );
        return ["aud", "sub"]
          .filter((claim) => !asked(claim))
          .map((claim) => `${claim} is not checked by StringEquals`);
      });
  },
};

function wideActions({ Sid = "", Action, NotAction }: Statement): string[] {
  if (NotAction !== undefined) return [`statement ${Sid} has NotAction, which allows all the rest: name the actions`];
  return lists(Action)
    .filter((action) => /[*?]/.test(action) && !LOOKING.test(action))
    .map((action) => `statement ${Sid} allows ${action}: name the actions`);
}

function wideResources({ Sid = "", Action, Resource, NotResource, Condition = {} }: Statement): string[] {
  if (NotResource !== undefined)
    return [`statement ${Sid} has NotResource, which allows all the rest: name the resources`];
  if (!lists(Resource).includes("*")) return [];
  if (Object.values(Condition).some((keys) => Object.keys(keys).some((key) => BY_TAG.test(key)))) return [];
  return lists(Action)
    .filter((action) => !LOOKING.test(action) && !(action in WITHOUT_RESOURCE))
    .map(
      (action) => `statement ${Sid} allows ${action} on every resource: name the resources, or the tags that they have`,
    );
}

function statementsOf(policy: unknown): Statement[] {
  if (policy === undefined) return [];
  const document = (typeof policy === "string" ? JSON.parse(policy) : policy) as { Statement: Statement | Statement[] };
  return [document.Statement].flat();
}

function lists(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : [value].flat();
}

function isEverybody(principal: unknown): boolean {
  if (principal === "*") return true;
  return lists((principal as { AWS?: string | string[] } | undefined)?.AWS).includes("*");
}
