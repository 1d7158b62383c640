import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { ProofServer } from "../../../rehearsal/prove/proof-server";
import { ReleaseFails } from "../../../rehearsal/prove/release-fails";
import { exhibits, tryExhibit } from "./museum";

/** One of each way in which something is found, and the changes that are most like them. `make prove-museum` judges all. */
const SOME = [
  "column-dropped",
  "null-old-release-does-not-expect",
  "trigger-after-back-fill",
  "index-not-concurrently",
  "trigger-before-back-fill",
  "add-column",
];
const WANTED = 40;

describe("museum", () => {
  const all = exhibits();
  let server: ProofServer;

  before(async () => {
    server = await ProofServer.start(mkdtempSync(join(tmpdir(), "aoshingo-museum-")));
  });
  after(() => server?.stop());

  it("has incidents with a source each, and harmless pairs", () => {
    const incidents = all.filter(({ pair }) => pair.expects);
    expect(incidents.length).to.be.at.least(WANTED);
    expect(all.length - incidents.length).to.be.at.least(WANTED);
    for (const { name, pair } of incidents) expect(pair.source, name).to.match(/^https:\/\//);
    expect(new Set(all.map(({ name }) => name)).size).to.equal(all.length);
  });

  for (const exhibit of all.filter(({ name }) => SOME.includes(name)))
    it(`${exhibit.name} is ${exhibit.pair.expects ? "found" : "not reported"}`, async () => {
      const { lines } = await tryExhibit(exhibit, server, new AbortController().signal);
      if (exhibit.pair.expects) expect(lines.join("\n")).to.match(new RegExp(exhibit.pair.expects.source, "m"));
      else expect(lines).to.deep.equal([]);
    });

  it("does not prove a pair whose requests were never performed: `keep` names a value that no answer has", async () => {
    const broken = all.find(({ name }) => name === "cached-plan")!;
    const [post] = broken.pair.requests as [object];
    const pair = { ...broken.pair, requests: [{ ...post, keep: { id: "user.id" } }, "GET /users/{id}"] };
    const error = await tryExhibit({ ...broken, pair }, server, new AbortController().signal).catch((it) => it);
    expect(error, JSON.stringify(error.proof)).to.be.instanceOf(ReleaseFails);
    expect(error.message).to.match(
      /step 2, GET \/users\/\{id\}: .* POST \/users answers 201 without user\.id; wanted /,
    );
  });
});
