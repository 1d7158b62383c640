import type { Declared, Rule } from "../declared";

interface Statement {
  Sid?: string;
  Effect: "Allow" | "Deny";
  Action?: string | string[];
  NotAction?: unknown;
  Resource?: string | string[];
  NotResource?: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}

/** `ec2:Describe*`: AWS's own word for looking at what there is, never at what is in it. */
const LOOKING = /^[a-z0-9-]+:(Describe|List)[A-Za-z0-9]*\*?$/;

/** Actions on which IAM takes no resource, with what each does (Service Authorization Reference). */
const WITHOUT_RESOURCE: Record<string, string> = {
  "ecr:GetAuthorizationToken": "a token for all that other statements allow of ECR",
  "ecs:DiscoverPollEndpoint": "an agent's way to ECS",
  "ecs:DeregisterTaskDefinition": "only marks a revision as not to be used",
  "cloudwatch:GetMetricData": "numbers",
};

/** Tags bound what has no name to bound it by. */
const BY_TAG = /^aws:(ResourceTag|RequestTag)\//;

/** A right is for named actions on named things. Who takes rights away (Deny) may do so as widely as he likes. */
export const rightsAreNarrow: Rule = {
  name: "rights-are-narrow",
  description: "No right is for every action or every resource, but for looking and where AWS knows no narrower one.",
  types: ["aws:iam/rolePolicy:RolePolicy", "aws:iam/policy:Policy"],
  check({ inputs }) {
    return statementsOf(inputs.policy)
      .filter(({ Effect }) => Effect === "Allow")
      .flatMap((statement) => [...wideActions(statement), ...wideResources(statement)]);
  },
};

/** Whose policy lets in everybody has no policy. Deny statements are for everybody by nature. */
export const nobodyIsEverybody: Rule = {
  name: "nobody-is-everybody",
  description: "Buckets, queues and roles name who may use them.",
  types: ["aws:s3/bucketPolicy:BucketPolicy", "aws:sqs/queuePolicy:QueuePolicy", "aws:iam/role:Role"],
  check({ inputs }) {
    return statementsOf(inputs.policy ?? inputs.assumeRolePolicy)
      .filter(({ Effect }) => Effect === "Allow")
      .filter((statement) => isEverybody((statement as { Principal?: unknown }).Principal))
      .map(({ Sid }) => `statement ${Sid ?? ""} lets in everybody: name who may`);
  },
};

/** A token says which job of which repository it was made for; a role that does not ask is anybody's on GitHub. */
export const tokensNameJobs: Rule = {
  name: "tokens-name-jobs",
  description: "A role that is taken by tokens of an OIDC provider asks for their audience and for exact subjects.",
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
          .map((claim) => `${claim} is not asked for by StringEquals`);
      });
  },
};

function wideActions({ Sid = "", Action, NotAction }: Statement): string[] {
  if (NotAction !== undefined) return [`statement ${Sid} has NotAction, which allows all the rest: name the actions`];
  return lists(Action)
    .filter((action) => action.includes("*") && !LOOKING.test(action))
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
