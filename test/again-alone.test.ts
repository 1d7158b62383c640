import { expect } from "chai";
import { againAlone } from "./again-alone";
import { failedLines, merged, type Results, totalsLine } from "./totals";

describe("files that failed beside others", () => {
  const of = (file: string, failures: number): Results => {
    const failed = Array.from({ length: failures }, () => `${file}: says so: expected 1 to equal 2`);
    return { [file]: { passes: 10 - failures, failures, pending: 0, ms: 1_000, failed } };
  };
  /** Runs what failed again; the results of the second time are given. */
  async function again(first: (Results | null)[], second: Record<string, Results | null>) {
    const asked: string[] = [];
    const said: string[] = [];
    const runAlone = async (file: string) => {
      asked.push(file);
      return second[file]!;
    };
    const alone = await againAlone(first, runAlone, (line) => void said.push(line));
    const runs = [...first, ...alone];
    return { asked, said, results: merged(runs), broke: runs.includes(null) };
  }

  it("run once more, and what failed is told although it passed then", async () => {
    const { asked, said, results } = await again([{ ...of("a", 0), ...of("b", 1) }, of("c", 0)], { b: of("b", 0) });
    expect(asked).to.deep.equal(["b"]);
    expect(totalsLine(results)).to.equal("30 passed, 0 failed");
    expect(said).to.deep.equal([
      "Once more alone: b",
      "Failed beside others and passed alone:\n  b: says so: expected 1 to equal 2",
    ]);
  });

  it("have failed when they fail alone, too", async () => {
    const { said, results } = await again([of("a", 3), of("b", 1)], { a: of("a", 1), b: of("b", 0) });
    expect(totalsLine(results)).to.equal("19 passed, 1 failed");
    expect(failedLines(results)).to.deep.equal(["a: says so: expected 1 to equal 2"]);
    expect(said.at(-1)).to.equal("Failed beside others and passed alone:\n  b: says so: expected 1 to equal 2");
  });

  it("have failed when their process ends before its tests", async () => {
    const { broke, results } = await again([of("a", 1)], { a: null });
    expect(broke).to.equal(true);
    expect(totalsLine(results)).to.equal("9 passed, 1 failed");
  });

  for (const [what, first] of [
    ["none failed", [of("a", 0), of("b", 0)]],
    ["many failed: that is no chance", ["a", "b", "c", "d"].map((file) => of(file, 1))],
    ["a process ended before its tests", [of("a", 1), null]],
    ["a hook of all files failed", [of("a", 1), of("", 1)]],
  ] as const)
    it(`do not run again where ${what}`, async () => {
      const { asked, results } = await again([...first], {});
      expect(asked).to.deep.equal([]);
      expect(results).to.deep.equal(merged(first));
    });
});
