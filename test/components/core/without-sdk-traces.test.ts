import "../../../components/core/without-sdk-traces";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";

/** What the SDK has inside, as this version does. */
const { debuggablePromise } = require("@pulumi/pulumi/runtime/debuggable") as {
  debuggablePromise<Value>(promise: Promise<Value>, context: unknown): Promise<Value> & { _debugStackTrace?: string };
};
const { callsites } = pulumi.Resource as unknown as { callsites(): unknown[] };

describe("Pulumi's SDK without stack traces", () => {
  it("takes none for a promise, and gives its value or its error, which has one", async () => {
    const promise = Promise.resolve(1);
    expect(await debuggablePromise(promise, "context")).to.equal(1);
    expect(promise).to.have.property("_debugStackTrace").that.not.includes("at ");
    const error = new Error("no");
    expect(await debuggablePromise(Promise.reject(error), "context").catch((thrown) => thrown)).to.equal(error);
    expect(new Error("later").stack).to.include("without-sdk-traces.test.ts");
  });

  it("takes none for a resource, although its limit is infinite there", () => {
    expect(callsites()).to.deep.equal([]);
    expect(Object.getOwnPropertyNames(pulumi.Resource)).to.include("callsites");
  });
});
