import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { FollowedFile } from "../../../rehearsal/live-page/followed-file";

describe("FollowedFile", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "aoshingo-followed-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("gives each line once, when it is complete, from when the file is there", async () => {
    const path = join(folder, "lines");
    const file = new FollowedFile(path);
    expect(await file.newLines()).to.deep.equal([]);
    await appendFile(path, "one\ntw");
    expect(await file.newLines()).to.deep.equal(["one"]);
    expect(await file.newLines()).to.deep.equal([]);
    // The two bytes of a letter may come apart.
    const bytes = Buffer.from("oö\nthree\n");
    await appendFile(path, bytes.subarray(0, 2));
    expect(await file.newLines()).to.deep.equal([]);
    await appendFile(path, bytes.subarray(2));
    expect(await file.newLines()).to.deep.equal(["twoö", "three"]);
  });
});
