import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";

const ROOT = join(__dirname, "..");

/** Each is an image of its own, which can have nothing outside its folder: what they share, they have as copies. */
const COPIES = {
  "serve.ts": ["templates/api", "services/users", "services/doodle"],
  "database.ts": ["services/users", "services/doodle"],
  "migrate.ts": ["services/users", "services/doodle"],
  "worker.ts": ["templates/worker", "services/mailer"],
  "job-queue.ts": ["templates/worker", "services/mailer"],
  "test/worker.test.ts": ["templates/worker", "services/mailer"],
  "tsconfig.json": [
    "templates/api",
    "templates/worker",
    "templates/job",
    "services/users",
    "services/doodle",
    "services/mailer",
  ],
};

/** The same of the example of a program of one's own. */
const EXAMPLES = ["examples/own-program/services/notes", "examples/own-program/services/stats"];

describe("what sample services and templates share", () => {
  for (const [file, [first, ...others]] of [...Object.entries(COPIES), ["serve.ts", EXAMPLES] as const]) {
    for (const other of others) {
      it(`${other}/${file} is as ${first}/${file}`, () => {
        const text = (folder: string) => readFileSync(join(ROOT, folder, file), "utf8");
        expect(text(other)).to.equal(text(first!));
      });
    }
  }
});
