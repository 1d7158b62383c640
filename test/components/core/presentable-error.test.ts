import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { presentableError } from "../../../components/core/presentable-error";
import { UserError } from "../../../components/core/user-error";

const OWN = "    at program (/app/index.ts:33:9)";
/** A frame as source maps name a file of the SDK; `util.inspect` in colours would never return for it. */
const ENDLESS = "    at new ComponentResource (/app/node_modules/@pulumi/resource.ts:1:1)";
const SDK = "    at Stack.initialize (/app/node_modules/@pulumi/pulumi/runtime/stack.ts:1:1)";

describe("presentableError", () => {
  it("shows only the message of a UserError", () => {
    const shown = presentableError(new UserError("size: given 0, wanted 1")) as Error;
    expect(pulumi.RunError.isInstance(shown)).to.equal(true);
    expect(shown).to.include({ message: "size: given 0, wanted 1", stack: undefined });
  });

  it("keeps the frames of any other error that util.inspect can print, and of its causes", () => {
    const cause = Object.assign(new Error("inner"), { stack: ["Error: inner", ENDLESS, OWN].join("\n") });
    const error = Object.assign(new Error("outer", { cause }), {
      stack: ["Error: outer", OWN, ENDLESS, SDK].join("\n"),
    });
    expect(presentableError(error)).to.equal(error);
    expect(error.stack).to.equal(["Error: outer", OWN, SDK].join("\n"));
    expect(cause.stack).to.equal(["Error: inner", OWN].join("\n"));
    expect(inspect(error, { colors: true })).to.contain("index.ts:33:9");
  });

  it("returns values that are no errors as they are", () => {
    expect(presentableError("text")).to.equal("text");
  });
});
