import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { apiDigest, STAMP } from "../../packaging/api-digest";

const ROOT = join(__dirname, "../..");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

describe("docs/components.md", () => {
  it("has the example's program as it is", () => {
    expect(read("docs/components.md")).to.contain(`\`\`\`ts\n${read("examples/own-program/index.ts")}\`\`\``);
  });

  it("has the services' settings as they are", () => {
    const [services] = /^ {2}aoshingo:services:\n(?: {4}.*\n)+/m.exec(
      read("examples/own-program/Pulumi.rehearsal.yaml"),
    )!;
    expect(read("docs/components.md")).to.contain(services);
  });
});

describe("docs/api", () => {
  it("is made from the declarations of now (`npm run api-docs` makes it)", () => {
    const [, digest] = read("docs/api/README.md").split(STAMP);
    expect(digest).to.equal(`${apiDigest()} -->\n`);
  });
});
