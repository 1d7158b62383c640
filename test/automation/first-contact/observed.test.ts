import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { readObserved } from "../../../automation/first-contact/observed";
import { sampleObserved } from "./sample-observed";

describe("observed.json", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "aoshingo-first-contact-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));
  const file = () => join(directory, "observed.json");
  const read = (content: unknown) => {
    writeFileSync(file(), typeof content === "string" ? content : JSON.stringify(content));
    return readObserved(file());
  };

  it("is read as it was written", () => {
    const observed = sampleObserved({ pull: { min: 1.5, max: 4, samples: 3 } });
    expect(read(observed)).to.deep.equal(observed);
  });

  it("is read as an earlier version of aoshingo wrote it, without the numbers that were added since", () => {
    const { numbers, ...rest } = sampleObserved({ boot: { min: 1, max: 2, samples: 1 } });
    const { drainingEvent, powerOff, ...earlier } = numbers;
    expect(read({ ...rest, numbers: earlier })).to.deep.equal({ ...rest, numbers });
  });

  const wrong: [what: string, content: unknown, says: string][] = [
    ["no JSON", "{", "is not JSON: "],
    ["a list", [], "has version undefined: wanted 1, as first-contact writes it"],
    ["a later version", { ...sampleObserved(), version: 2 }, "has version 2: wanted 1, as first-contact writes it"],
    [
      "a negative number",
      sampleObserved({ boot: { min: -1, max: 1, samples: 1 } }),
      "is not what first-contact writes: numbers.boot.min: ",
    ],
    [
      "a range that is the wrong way round",
      sampleObserved({ boot: { min: 3, max: 1, samples: 1 } }),
      "is not what first-contact writes: numbers.boot: min is above max",
    ],
    [
      "a number that is missing",
      { ...sampleObserved(), numbers: {} },
      "is not what first-contact writes: numbers.ruleSpread: ",
    ],
    ["more than there is", { ...sampleObserved(), account: "1" }, "is not what first-contact writes: "],
  ];
  for (const [what, content, says] of wrong) {
    it(`is refused in one line as ${what}`, () => {
      expect(() => read(content)).to.throw(`${file()} ${says}`);
      expect(() => read(content)).not.to.throw("\n");
    });
  }

  it("is refused in one line if there is none", () => {
    expect(() => readObserved("nowhere.json")).to.throw(
      "nowhere.json does not exist: wanted an observed.json of first-contact",
    );
  });
});
