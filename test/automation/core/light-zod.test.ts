import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { NODE_ARGUMENTS } from "../../../automation/core/package-directory";

const ASK = `
  require("./automation/core/light-zod");
  const { z } = require("zod");
  const count = () => Object.keys(require.cache).filter((path) => path.includes("zod/v4/locales")).length;
  const before = count();
  const message = z.string().safeParse(1).error.issues[0].message;
  const german = z.locales.de().localeError({ code: "invalid_type", expected: "string", input: 1 });
  console.log(JSON.stringify({ before, after: count(), message, german, jitless: z.config().jitless }));
`;

describe("zod without its languages and its compiler", () => {
  it("has its English messages, loads the others when they are asked for, and compiles no shape", async () => {
    const { stdout } = await execa(process.execPath, [...NODE_ARGUMENTS, "-e", ASK], {
      cwd: join(__dirname, "../../.."),
    });
    const { before, after, message, german, jitless } = JSON.parse(stdout);
    expect(before, "English, and what stands in for the others").to.equal(2);
    expect(after).to.be.above(30);
    expect(message).to.equal("Invalid input: expected string, received number");
    expect(jitless).to.equal(true);
    expect(german).to.match(/^Ungültige Eingabe/);
  });
});
