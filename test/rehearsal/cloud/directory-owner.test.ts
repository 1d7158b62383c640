import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { assertNoOtherCloud, ownDirectory } from "../../../rehearsal/cloud/directory-owner";
import { startTimeOf } from "../../../rehearsal/cloud/processes/process-identity";

describe("a cloud's directory", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "aoshingo-owner-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const owned = (pid: number, startTime: string | undefined) =>
    writeFileSync(join(directory, "cloud.json"), JSON.stringify({ pid, startTime }));

  it("is taken when it is free, and may be taken again by its owner", () => {
    ownDirectory(directory);
    ownDirectory(directory);
  });

  it("is refused while another process has it, and free when that has ended", async () => {
    const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    await once(other, "spawn");
    owned(other.pid!, startTimeOf(other.pid!));
    expect(() => ownDirectory(directory)).to.throw(
      `a cloud runs in ${directory} already (process ${other.pid}): end it, or`,
    );
    expect(() => assertNoOtherCloud(directory)).to.throw(`a cloud runs in ${directory} already`);
    other.kill("SIGKILL");
    await once(other, "exit");
    ownDirectory(directory);
  });

  it("is free when its owner's id belongs to another process now, or the file is not whole", () => {
    owned(process.ppid, "0");
    ownDirectory(directory);
    writeFileSync(join(directory, "cloud.json"), '{"pid":');
    ownDirectory(directory);
  });
});
