import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { expect } from "chai";
import { z } from "zod";
import { FaultsClient } from "../../../../rehearsal/cloud/faults/faults-client";
import { retryingFunctions, retryingTypes } from "../../../../rehearsal/cloud/faults/retrying-types";
import type { FaultRequest } from "../../../../rehearsal/cloud/kernel/fault-kinds";
import { Faults } from "../../../../rehearsal/cloud/kernel/faults";
import { defineFunction, defineResource } from "../../../../rehearsal/cloud/provider/resource-type";
import { refusalOf, Scene } from "../api/scene";
import { testContext } from "../services/elb/model/scene";

describe("faults of calls to the API", () => {
  const scene = new Scene();
  let ssm: SSMClient;
  let faults: FaultsClient;

  before(async () => {
    scene.context.faults = new Faults(scene.context);
    scene.secrets.parameters.put({
      name: "/users/key",
      type: "String",
      value: "one",
      description: undefined,
      overwrite: false,
    });
    await scene.start();
    ssm = new SSMClient({ ...scene.options(), maxAttempts: 3 });
    faults = new FaultsClient(scene.url);
  });
  after(() => {
    ssm.destroy();
    return scene.close();
  });
  afterEach(() => faults.clear());

  const read = async () => (await ssm.send(new GetParameterCommand({ Name: "/users/key" }))).Parameter?.Value;

  it("are not seen by the SDK's user while it tries again: 2 of 3", async () => {
    for (const kind of ["throttle", "serverError"] as const) {
      await faults.add({ kind, operation: "ssm:GetParameter", count: 2 });
      expect(await read(), kind).to.equal("one");
      expect(await faults.list()).to.deep.equal([]);
    }
  });

  const lasting: [FaultRequest, string[]][] = [
    [{ kind: "throttle" }, ["ThrottlingException", "Rate exceeded"]],
    [
      { kind: "serverError", operation: "ssm:*" },
      ["InternalFailure", "The request processing has failed because of an unknown error, exception or failure."],
    ],
  ];
  for (const [fault, refusal] of lasting) {
    it(`fail the call when they last: ${fault.kind}`, async () => {
      const { id } = await faults.add(fault);
      expect(await refusalOf(read())).to.deep.equal(refusal);
      expect((await faults.list())[0]).to.include({ id, kind: fault.kind, strikes: 3, remaining: null });
      await faults.clear(id);
      expect(await read()).to.equal("one");
    });
  }

  it("leave other operations alone", async () => {
    const { id } = await faults.add({ kind: "throttle", operation: "ssm:Put*" });
    expect(await read()).to.equal("one");
    expect((await faults.list()).find((fault) => fault.id === id)!.strikes).to.equal(0);
  });

  it("are refused in one line", async () => {
    expect(await refusalOf(faults.add({ kind: "throttle", count: 0 }))).to.deep.equal([
      "UserError",
      "fault throttle: count: wanted a whole number from 1, given 0",
    ]);
    expect(await refusalOf(faults.clear("f77"))).to.deep.equal([
      "UserError",
      "there is no fault f77; switched on are none",
    ]);
  });
});

describe("faults of calls that the provider makes", () => {
  const context = testContext(20_000);
  const call = { urn: "urn", signal: new AbortController().signal };
  const made: string[] = [];
  const [rule] = retryingTypes(context, [
    defineResource({
      token: "aws:lb/listenerRule:ListenerRule",
      awsCalls: {
        create: "elasticloadbalancing:CreateRule",
        read: "elasticloadbalancing:DescribeRules",
        update: "elasticloadbalancing:ModifyRule",
      },
      inputs: z.object({}),
      create: async () => ({ id: `${made.push("create")}`, outputs: {} }),
      read: async () => ({}),
      update: async () => ({ updated: made.push("update") }),
      delete: async () => void made.push("delete"),
    }),
  ]);
  const [getZone] = retryingFunctions(context, [
    defineFunction({
      token: "aws:route53/getZone:getZone",
      awsCall: "route53:ListHostedZones",
      args: z.object({}),
      call: async () => ({ zoneId: "Z1" }),
    }),
  ]);
  afterEach(() => {
    context.faults.clear();
    made.length = 0;
  });
  const update = () => rule!.update!("id", {}, {}, call);

  it("are not seen while it tries again: 24 of 25, ever more slowly", async () => {
    context.faults.add({ kind: "throttle", operation: "elasticloadbalancing:ModifyRule", count: 24 });
    const startedMs = performance.now();
    expect(await update()).to.deep.equal({ updated: 1 });
    // Twenty pauses of 20 s, at the clock's speed.
    expect(performance.now() - startedMs).to.be.above((20 * 20 * 1000) / 20_000);
    expect(context.faults.list()).to.deep.equal([]);
  });

  it("fail the resource when they last, with the error's text and nothing changed", async () => {
    const { id } = context.faults.add({ kind: "throttle", operation: "elasticloadbalancing:*" });
    const [, message] = await refusalOf(update());
    expect(message).to.match(
      /^operation error Elastic Load Balancing v2: ModifyRule, exceeded maximum number of attempts, 25, https response error StatusCode: 400, RequestID: [0-9a-f-]{36}, api error Throttling: Rate exceeded$/,
    );
    expect(context.faults.list()[0]).to.include({ id, strikes: 25 });
    expect(made).to.deep.equal([]);
    context.faults.clear();
    context.faults.add({ kind: "serverError", operation: "elasticloadbalancing:CreateRule" });
    expect((await refusalOf(rule!.create({}, call)))[1])
      .to.contain("StatusCode: 500")
      .and.contain("InternalFailure");
    await rule!.delete("id", {}, call);
    expect(made).to.deep.equal(["delete"]);
    context.faults.clear();
    await rule!.create({}, call);
    expect(made).to.deep.equal(["delete", "create"]);
  });

  it("are injected into functions and refreshes too", async () => {
    context.faults.add({ kind: "serverError" });
    expect((await refusalOf(getZone!.call({})))[1]).to.contain("operation error Route 53: ListHostedZones");
    expect((await refusalOf(rule!.read("id", {})))[1]).to.contain("DescribeRules");
    context.faults.clear();
    expect(await getZone!.call({})).to.deep.equal({ zoneId: "Z1" });
  });
});
