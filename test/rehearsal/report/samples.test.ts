import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { firstRequestAtMs, readSamples } from "../../../rehearsal/report/samples";
import { sampleLine } from "../../../rehearsal/traffic/sample-line";
import { sampleRecord } from "./sample-record";

describe("readSamples", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "aoshingo-samples-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const write = async (text: string): Promise<string> => {
    const file = join(folder, "traffic.ndjson");
    await writeFile(file, text);
    return file;
  };
  const { samples } = sampleRecord({ ratePerSecond: 250 });
  const [first, second] = samples.requests.map(sampleLine);

  it("tells requests from DNS answers", async () => {
    const file = await write(`${first}\n${sampleLine(samples.dns[0]!)}\n${second}\n`);
    expect(await readSamples(file)).to.deep.equal({
      requests: samples.requests.slice(0, 2),
      dns: samples.dns.slice(0, 1),
    });
  });

  it("leaves out a last line that broke off, and refuses any other", async () => {
    expect((await readSamples(await write(`${first}\n${second!.slice(0, 20)}`))).requests.length).to.equal(1);
    const error = await readSamples(await write(`${first}\n["ho\n${second}\n`)).catch((reason: Error) => reason);
    expect((error as Error).message).to.match(/traffic\.ndjson:2 is not JSON$/);
  });

  it("finds the first request among hundreds of thousands", () => {
    const many = Array.from({ length: 300_000 }, (_, index) => ({ ...samples.requests[0]!, atMs: 500_000 - index }));
    expect(firstRequestAtMs(many)).to.equal(200_001);
    expect(firstRequestAtMs([])).to.equal(0);
  });
});
