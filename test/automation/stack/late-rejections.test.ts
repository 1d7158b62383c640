import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { NODE_ARGUMENTS } from "../../../automation/core/package-directory";

const ROOT = join(__dirname, "../../..");

/** In a process of its own: a rejection that nobody handles ends it, or not. */
async function end(rejection: string, before = ""): Promise<{ exitCode: number | undefined; stderr: string }> {
  const script = `
    require("./automation/stack/late-rejections").ignoreLateRejections();
    ${before}
    Promise.reject(${rejection});
    setTimeout(() => {}, 10);
  `;
  const { exitCode, stderr } = await execa(process.execPath, [...NODE_ARGUMENTS, "-e", script], {
    ...{ cwd: ROOT, reject: false },
  });
  return { exitCode, stderr };
}

describe("ignoreLateRejections", () => {
  for (const [name, code] of [
    ["UNAVAILABLE", 14],
    ["CANCELLED", 1],
  ] as const)
    it(`lets the process go on after a call to an engine that has gone: ${name}`, async () => {
      expect(await end(`Object.assign(new Error("gone"), { code: ${code}, metadata: {} })`)).to.deep.equal({
        exitCode: 0,
        stderr: "",
      });
    });

  it("lets the process go on after a function of a provider that was asked too late", async () => {
    const message = "invocation of aws:x:x returned an error: grpc: the client connection is closing";
    expect(await end(`new Error("${message}")`)).to.deep.equal({ exitCode: 0, stderr: "" });
  });

  for (const [what, rejection] of [
    ["any other answer of an engine", 'Object.assign(new Error("a bug"), { code: 3, metadata: {} })'],
    ["an error of ours", 'new Error("a bug")'],
  ] as const)
    it(`ends the process for ${what}`, async () => {
      const { exitCode, stderr } = await end(rejection);
      expect(exitCode).to.not.equal(0);
      expect(stderr).to.match(/a bug/);
    });

  it("leaves an error of the program to the SDK, which listens while an operation runs", async () => {
    const listen = `
      process.on("unhandledRejection", ({ message }) => console.error("reported", message));
      process.on("uncaughtException", () => console.error("thrown"));
    `;
    const { exitCode, stderr } = await end('new Error("a problem")', listen);
    expect({ exitCode, stderr }).to.deep.equal({ exitCode: 0, stderr: "reported a problem" });
  });
});
