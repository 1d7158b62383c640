import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { PROJECT_DIRECTORY } from "../../../automation/core/project-directory";
import { UserError } from "../../../components/core/user-error";
import { writeSettings } from "../../../rehearsal/environment/rehearsal-stack";
import { failureOf } from "../../failure-of";

const SETTINGS = join(PROJECT_DIRECTORY, "Pulumi.rehearsal.yaml");
const CHANGES = { cutover: "routed", drainSeconds: 1 };

describe("the folder of a rehearsal", () => {
  for (const directory of ["", ".", PROJECT_DIRECTORY, dirname(PROJECT_DIRECTORY), "/"])
    it(`is not "${directory === PROJECT_DIRECTORY ? "the project's" : directory}": nothing is written`, async () => {
      const before = readFileSync(SETTINGS, "utf8");
      const error = await failureOf(writeSettings(directory, CHANGES));
      expect(error).to.be.instanceOf(UserError);
      expect(error.message).to.match(
        /^directory .* is or contains the project: wanted one of its own, such as out\/rehearsal$/,
      );
      expect(readFileSync(SETTINGS, "utf8")).to.equal(before);
    });

  it("is no file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "aoshingo-folder-"));
    const file = join(folder, "file");
    writeFileSync(file, "");
    const error = await failureOf(writeSettings(file, CHANGES));
    rmSync(folder, { recursive: true });
    expect(error).to.be.instanceOf(UserError);
    expect(error.message).to.equal(`directory ${file} cannot be made (EEXIST): wanted a folder, such as out/rehearsal`);
  });
});
