import { expect } from "chai";
import {
  type ActionInput,
  parseActions as parseFor,
} from "../../../../../../rehearsal/cloud/services/elb/model/actions";
import { forwardTo, notFound, refused } from "./scene";

const parseActions = (actions: readonly ActionInput[]) => parseFor(actions, "HTTP");
const redirect = (changes: object): ActionInput => ({
  type: "redirect",
  redirect: { statusCode: "HTTP_301", ...changes },
});

describe("rehearsal/cloud/services/elb/model/actions", () => {
  it("accepts a single group with or without a weight, and several with weights (E19, E20)", () => {
    expect(parseActions([{ type: "forward", targetGroupArn: "a" }])).to.deep.equal({
      type: "forward",
      targetGroups: [{ arn: "a", weight: 1 }],
    });
    expect(
      parseActions([{ type: "forward", targetGroupArn: "a", forward: { targetGroups: [{ arn: "a", weight: 0 }] } }]),
    ).to.deep.equal({ type: "forward", targetGroups: [{ arn: "a", weight: 0 }] });
    expect(parseActions([forwardTo({ arn: "a", weight: 999 }, { arn: "b", weight: 0 })])).to.deep.equal({
      type: "forward",
      targetGroups: [
        { arn: "a", weight: 999 },
        { arn: "b", weight: 0 },
      ],
    });
  });

  it("adds the defaults of a redirect as ELB does", () => {
    expect(parseActions([redirect({ protocol: "HTTPS", port: "443" })])).to.deep.equal({
      type: "redirect",
      protocol: "HTTPS",
      host: "#{host}",
      port: "443",
      path: "/#{path}",
      query: "#{query}",
      statusCode: 301,
    });
  });

  it("redirects HTTPS to HTTPS, but not to HTTP (V12)", async () => {
    const toHttp = [redirect({ protocol: "HTTP", path: "/moved" })];
    expect(parseFor([redirect({ protocol: "HTTPS", path: "/moved" })], "HTTPS").type).to.equal("redirect");
    expect(parseFor([redirect({ path: "/moved" })], "HTTPS").type).to.equal("redirect");
    expect(parseFor(toHttp, "HTTP").type).to.equal("redirect");
    await refused(() => parseFor(toHttp, "HTTPS"), "InvalidLoadBalancerAction", "You cannot redirect HTTPS to HTTP");
  });

  const weight = "The weight for each target group must be between 0 and 999, inclusive";
  const six = ["a", "b", "c", "d", "e", "f"].map((arn) => ({ arn }));
  const cases: [string, ActionInput[], string, string | RegExp][] = [
    ["no action (E18)", [], "ValidationError", /at least one action/],
    ["two actions (E18)", [notFound, notFound], "InvalidLoadBalancerAction", /exactly one of these action types/],
    [
      "an unknown type (E18)",
      [{ type: "jwt-validation" }],
      "InvalidLoadBalancerAction",
      /no action type 'jwt-validation'/,
    ],
    ["forward without a target group (E19)", [{ type: "forward" }], "ValidationError", /must specify a target group/],
    [
      "six target groups (E19)",
      [forwardTo(...six)],
      "ValidationError",
      "A forward action can name at most 5 target groups; given 6",
    ],
    [
      "one target group twice (E19)",
      [forwardTo({ arn: "a" }, { arn: "a" })],
      "ValidationError",
      /same target group twice/,
    ],
    [
      "TargetGroupArn that contradicts ForwardConfig (E19)",
      [{ ...forwardTo({ arn: "b" }), targetGroupArn: "a" }],
      "ValidationError",
      /must name the same single target group/,
    ],
    ["a weight of 1000 (E20)", [forwardTo({ arn: "a", weight: 1000 })], "ValidationError", weight],
    ["a weight of -1 (E20)", [forwardTo({ arn: "a", weight: -1 })], "ValidationError", weight],
    ["a weight of 0.5 (E20)", [forwardTo({ arn: "a", weight: 0.5 })], "ValidationError", weight],
    [
      "two target groups without weights (E20)",
      [{ type: "forward", forward: { targetGroups: [{ arn: "a", weight: 1 }, { arn: "b" }] } }],
      "ValidationError",
      weight,
    ],
    ["a redirect that loops", [redirect({ query: "x=1" })], "InvalidLoadBalancerAction", /would loop/],
    [
      "another redirect status code",
      [redirect({ statusCode: "HTTP_307" })],
      "ValidationError",
      /HTTP_301 or HTTP_302; given 'HTTP_307'/,
    ],
    [
      "another fixed response status code",
      [{ type: "fixed-response", fixedResponse: { contentType: "text/plain", statusCode: "302" } }],
      "ValidationError",
      /2XX, 4XX or 5XX; given '302'/,
    ],
  ];
  for (const [rule, actions, code, message] of cases) {
    it(`refuses ${rule}`, () => refused(() => parseActions(actions), code, message));
  }
});
