import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { PROJECT_DIRECTORY } from "../../../automation/core/project-directory";
import { UserError } from "../../../components/core/user-error";
import { writeSettings } from "../../../rehearsal/environment/rehearsal-stack";

const SETTINGS = join(PROJECT_DIRECTORY, "Pulumi.rehearsal.yaml");
const CHANGES = { cutover: "routed", drainSeconds: 1 };

async function refusal(directory: string): Promise<Error> {
  return writeSettings(directory, CHANGES).then(
    () => expect.fail("it was written"),
    (error: Error) => error,
  );
}

describe("the folder of a rehearsal", () => {
  for (const directory of ["", ".", PROJECT_DIRECTORY, dirname(PROJECT_DIRECTORY), "/"])
    it(`is not "${directory === PROJECT_DIRECTORY ? "the project's" : directory}": nothing is written`, async () => {
      const before = readFileSync(SETTINGS, "utf8");
      const error = await refusal(directory);
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
    const error = await refusal(file);
    rmSync(folder, { recursive: true });
    expect(error).to.be.instanceOf(UserError);
    expect(error.message).to.equal(`directory ${file} cannot be made (EEXIST): wanted a folder, such as out/rehearsal`);
  });
});
