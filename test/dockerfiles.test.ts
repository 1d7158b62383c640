import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { serviceFiles } from "../automation/add/template";
import { KINDS } from "../components/settings/schema/kinds";

const ROOT = join(__dirname, "..");

const FOLDERS = ["services", "examples/own-program/services"];

/** The Dockerfile of each kind of a new service, and of this repository's own services. */
const DOCKERFILES = new Map([
  ...KINDS.map((kind) => [`a new ${kind}`, serviceFiles("kudos", kind).get("Dockerfile")!] as const),
  ...FOLDERS.flatMap((folder) => readdirSync(join(ROOT, folder)).map((name) => join(folder, name, "Dockerfile")))
    .filter((path) => existsSync(join(ROOT, path)))
    .map((path) => [path, readFileSync(join(ROOT, path), "utf8")] as const),
]);

// A rehearsal without Docker takes the packages that package.json declares and builds no Dockerfile, so it does not miss them.
describe("Dockerfiles", () => {
  for (const [what, text] of DOCKERFILES) {
    it(`of ${what}: the image has the packages that package.json declares, and none of those that build it`, () => {
      const [build = "", image = "", ...more] = text.split(/^(?=FROM )/m).slice(1);
      expect(more).to.deep.equal([]);
      expect(build).to.match(/^RUN npm (?:ci|install) --ignore-scripts$/m);
      expect(build).to.match(/^RUN .*\bnpm prune --omit=dev --ignore-scripts\b/m);
      expect(image).to.match(/^COPY --from=build \/build\/node_modules \.\/node_modules$/m);
    });
  }
});
