import { expect } from "chai";
import { stackProblems } from "../../../components/security/stack-problems";
import { parseSettings } from "../../../components/settings/settings";
import { Iam } from "../../../rehearsal/cloud/services/iam/model/iam";
import { silentCloud } from "../../rehearsal/cloud/silent-cloud";
import { names, ROLE_POLICY } from "../declared";
import { declare, STATES } from "../world";

const OWNER = { project: "aoshingo", stack: "prod" };
const REGION = "ap-northeast-1";
const CI = { repository: "Example/shop", stateBucket: "example-state" };
const PROVIDER = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com";
const TOPIC = "arn:aws:sns:ap-northeast-1:123456789012:deploys";

const problemsOf = (services: object, more: object = {}) =>
  stackProblems(OWNER, REGION, parseSettings({ domain: "example.jp", services, ...more }));
/** Statements with that many resources of 60 characters. */
const iam = (count: number) => [
  { actions: ["s3:GetObject"], resources: Array.from({ length: count }, (_, place) => bucket(place)) },
];
const bucket = (place: number) => `arn:aws:s3:::${`bucket-${place}-`.padEnd(47, "x")}`;
const secrets = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, place) => [`S${place}`, `secretsmanager:prod/${place}`]));

describe("problems of a stack", () => {
  it("has none with many secrets in many services, because the roles of CI name no secret", () => {
    const services = Object.fromEntries(
      Array.from({ length: 30 }, (_, place) => [`s${place}`, { kind: "api", secrets: secrets(20) }]),
    );
    expect(problemsOf(services, { ci: CI, notify: [{ sns: TOPIC }] })).to.deep.equal([]);
  });

  it("says when the policies of the deploy role are too long", () => {
    expect(problemsOf({}, { ci: { ...CI, iam: iam(20) } })).to.deep.equal([]);
    const [problem, ...others] = problemsOf({}, { ci: { ...CI, iam: iam(80) } });
    expect(others).to.deep.equal([]);
    expect(problem).to.match(
      /^aoshingo:ci\.iam: the deploy role would have 1\d{4} characters of policies \(\d{4} by ci\.iam\), wanted at most 10240, which is what a role holds: name fewer actions and resources in ci\.iam, or fewer places in notify$/,
    );
  });

  it("says when the policies of the preview role are too long", () => {
    expect(problemsOf({}, { ci: { ...CI, previewIam: iam(20) } })).to.deep.equal([]);
    const [problem, ...others] = problemsOf({}, { ci: { ...CI, previewIam: iam(150) } });
    expect(others).to.deep.equal([]);
    expect(problem).to.match(
      /^aoshingo:ci\.previewIam: the preview role would have 1\d{4} characters of policies \(\d{4} by ci\.previewIam\), wanted at most 10240, which is what a role holds: name fewer actions and resources in ci\.previewIam$/,
    );
  });

  it("says when the trust policy of a role of CI is too long (I4)", () => {
    const refs = (count: number) =>
      Array.from({ length: count }, (_, place) => `refs/heads/${"x".repeat(150)}${place}`);
    expect(problemsOf({}, { ci: { ...CI, deployRefs: refs(9) } })).to.deep.equal([]);
    const [deploy, ...others] = problemsOf({}, { ci: { ...CI, deployRefs: refs(10) } });
    expect(others).to.deep.equal([]);
    expect(deploy).to.match(
      /^aoshingo:ci: the deploy role would have a trust policy of 2\d{3} characters, wanted at most 2048: take fewer or shorter ci\.deployRefs, with \* for what differs, or ci\.environment$/,
    );
    expect(problemsOf({}, { ci: { ...CI, branch: "x".repeat(2_000), deployRefs: refs(1) } })).to.match(
      /^aoshingo:ci: the preview role .* take a shorter ci\.branch or ci\.environment$/,
    );
  });

  it("says when a web ACL is of another region, which load balancers cannot have (E63)", () => {
    const acl = (region: string) => `arn:aws:wafv2:${region}:123456789012:regional/webacl/shop/0123abcd`;
    expect(problemsOf({}, { webAcl: acl(REGION) })).to.deep.equal([]);
    expect(problemsOf({}, { webAcl: acl("us-east-1") })).to.deep.equal([
      `aoshingo:webAcl: given ${JSON.stringify(acl("us-east-1")).slice(0, 57)}..., wanted the ARN of a web ACL in ${REGION}, the region of the load balancers`,
    ]);
  });

  it("says when the secret of an existing database is of another region", () => {
    const existing = (secret: string) => ({
      databases: { shop: { existing: { host: "shop.abc.rds.amazonaws.com", secret, cidr: "10.20.0.0/24" } } },
    });
    const secret = (region: string) => `arn:aws:secretsmanager:${region}:123456789012:secret:shop-AbCdEf`;
    expect(problemsOf({}, existing(secret(REGION)))).to.deep.equal([]);
    expect(problemsOf({}, existing("prod/shop"))).to.deep.equal([]);
    expect(problemsOf({}, existing(secret("us-east-1")))).to.deep.equal([
      `aoshingo:databases.shop.existing.secret: given a value that is not shown, wanted the name or ARN of a secret in ${REGION}, the region of the function that reads it`,
    ]);
  });

  it("says when a service may send to more workers than its task role can name", () => {
    const workers = Object.fromEntries(
      Array.from({ length: 90 }, (_, place) => [`worker-with-a-long-name-${place}`, { kind: "worker", queue: true }]),
    );
    const shop = (sends: number) =>
      problemsOf({ ...workers, shop: { kind: "api", sends: Object.keys(workers).slice(0, sends) } });
    expect(shop(40)).to.deep.equal([]);
    expect(shop(90)).to.have.lengthOf(1);
    expect(shop(90)[0]).to.match(/^aoshingo:services\.shop: its task role would have 1\d{4} characters of policies/);
  });

  it("counts at least what the program declares, and IAM takes what has no problem", async () => {
    // As many as just have no problem.
    let count = 1;
    while (problemsOf({}, { ci: { ...CI, iam: iam(count + 1) } }).length === 0) count++;
    const ci = { ...CI, iam: iam(count) };
    const world = await declare({ services: { users: STATES.flipped }, config: { ci, notify: [] } });
    const role = new Iam(silentCloud()).roles;
    role.create({ name: "deploy", path: "/", description: "", maxSessionDuration: 3600, assumeRolePolicy: TRUST });
    const policies = names(world, ROLE_POLICY).filter((name) => name.startsWith("ci-deploy-"));
    expect(policies).to.have.lengthOf(2);
    const sizes = world.resources
      .filter(({ name }) => policies.includes(name))
      .map(({ inputs }) => String(inputs.policy).replaceAll('"ci-github.arn"', `"${PROVIDER}"`));
    for (const [place, policy] of sizes.entries()) role.putPolicy("deploy", `policy-${place}`, policy);
    // A few more of the same, and IAM takes no more: the check is not far too strict.
    expect(sizes.join("").length).to.be.within(10_240 - 400, 10_240);
  });
});

const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
});
