import { expect } from "chai";
import { execa } from "execa";
import { killLater } from "../../../rehearsal/environment/killable-command";

describe("killing a command", () => {
  /** A process that would notice, in place of the command's and its engine's. */
  let other: ReturnType<typeof sleeping>;
  const sleeping = () => execa("sleep", ["600"], { reject: false });
  beforeEach(() => {
    other = sleeping();
  });
  afterEach(async () => {
    other.kill();
    await other;
  });

  it("kills the command and its engines", async () => {
    const child = { pid: other.pid!, exitCode: null, signalCode: null };
    expect(await killLater(child, { target: "machine", afterMs: 0 }, async () => [])).to.equal(true);
    expect((await other).signal).to.equal("SIGKILL");
  });

  it("kills nothing of a command that ends while its engines are looked for, and says so", async () => {
    const child = { pid: other.pid!, exitCode: null as number | null, signalCode: null };
    const killed = await killLater(child, { target: "machine", afterMs: 0 }, async () => {
      child.exitCode = 0;
      return [other.pid!];
    });
    expect(killed).to.equal(false);
    expect([other.exitCode, other.signalCode]).to.deep.equal([null, null]);
  });
});
