import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { Compute } from "../../../rehearsal/cloud/compute";
import { startTimeOf } from "../../../rehearsal/cloud/processes/process-identity";
import { Scene } from "./compute-scene";

describe("rehearsal/cloud/compute", () => {
  it("ends what an earlier cloud left behind in its directory, and says so", async () => {
    const scene = new Scene();
    const left: ChildProcess = spawn("sleep", ["60"], { detached: true, stdio: "ignore" });
    await once(left, "spawn");
    const directory = join(scene.directory, "killed-cloud");
    mkdirSync(directory);
    writeFileSync(join(directory, `${left.pid}@${startTimeOf(left.pid!)}`), "");
    const exit = once(left, "exit");
    const next = new Compute({ ...scene.options, processDirectory: directory });
    await exit;
    expect(scene.context.lines).to.deep.equal(["ended 1 task(s) that an earlier cloud left behind"]);
    expect(readdirSync(directory)).to.deep.equal([]);
    next.close();
    scene.close();
  });

  it("leaves no listener on the process", () => {
    const before = process.listenerCount("exit");
    const scene = new Scene();
    expect(process.listenerCount("exit")).to.equal(before + 1);
    scene.close();
    expect(process.listenerCount("exit")).to.equal(before);
  });
});
