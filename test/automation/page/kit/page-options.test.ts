import { assert } from "chai";
import { Command } from "commander";
import { withPageOptions } from "../../../../automation/page/kit/page-options";

describe("--page", () => {
  const parse = (...args: string[]) =>
    withPageOptions(new Command().argument("[service]"))
      .exitOverride()
      .configureOutput({ writeErr: () => {} })
      .parse(args, { from: "user" })
      .opts();

  it("is a free port, or the one that is given", () => {
    assert.deepEqual(parse(), {});
    assert.deepEqual(parse("--page"), { page: true });
    assert.deepEqual(parse("users=v2", "--page", "--page-file", "out/x.html"), { page: true, pageFile: "out/x.html" });
    assert.deepEqual(parse("--page", "8080"), { page: 8080 });
  });

  it("is explained without the words of its parser", () => {
    const help = withPageOptions(new Command()).helpInformation().replace(/\s+/g, " ");
    assert.include(help, "on this machine only (without a port: a free one) --page-file");
  });

  for (const given of ["80", "65536", "users=v2"])
    it(`refuses ${given}`, () =>
      assert.throws(
        () => parse("--page", given),
        `wanted a port from 1024 to 65535, or nothing for a free one; given ${given}.`,
      ));
});
