import { readFileSync } from "node:fs";
import { expect } from "chai";
import { isEngineTest, LONG, NIGHTLY, testFiles, unitsOf } from "./units";

describe("units of tests", () => {
  const files = testFiles();
  const units = unitsOf(files);

  it("have each test file once", () => {
    expect(files).to.include("test/units.test.ts");
    expect(files).to.include("services/users/test/user-store.test.ts");
    expect(units.flat().sort()).to.deep.equal(files);
  });

  it("are long or nightly only where the file is there, and start a cloud or the engine", () => {
    const named = [...LONG, ...NIGHTLY];
    expect(files).to.include.members(named);
    expect(new Set(named).size).to.equal(named.length);
    expect(named.every(isEngineTest)).to.equal(true);
  });

  it("know each file that starts a cloud, the engine or a browser", () => {
    const harness =
      /^(?:import|\}) .*from "(\.{1,2}\/)+(?:\S+\/)?(?:running-stack|shared-stack|engine-stack|recovery\/scene|browser)"/m;
    const inRecovery = (file: string) => file.startsWith("test/automation/stack/recovery/");
    const starts = (file: string, text: string) =>
      harness.test(text) || (inRecovery(file) && text.includes("Scene.start"));
    const missing = files.filter((file) => !isEngineTest(file) && starts(file, readFileSync(file, "utf8")));
    expect(missing).to.deep.equal([]);
  });

  it("start with what takes longest, and end with what is short: what needs no engine is between", () => {
    expect(units[0]).to.deep.equal(["test/rehearsal/startup.test.ts"]);
    const kinds = units.map((unit) => (unit.some(isEngineTest) ? "engine" : "unit"));
    expect(kinds.at(-1)).to.equal("engine");
    expect(kinds.filter((kind, index) => kind !== kinds[index - 1])).to.deep.equal(["engine", "unit", "engine"]);
  });

  it("keep files together that share a cloud, about seven in a process", () => {
    const engine = files.filter(isEngineTest).slice(0, 9);
    const shared = (count: number) =>
      unitsOf(engine, (file) =>
        engine.indexOf(file) < count ? 'import { sharedStack } from "./shared-stack";' : "",
      ).filter((unit) => unit.some((file) => engine.indexOf(file) < count));
    expect([1, 7, 8].map((count) => shared(count).length)).to.deep.equal([1, 1, 2]);
    expect(shared(9).flat().sort()).to.deep.equal(engine);
  });
});
