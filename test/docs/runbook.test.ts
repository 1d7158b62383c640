import { expect } from "chai";
import { documents, fencesOf, filesBelow, read } from "./documents";

/** A page's symptoms are its fenced blocks without a language; `‹...›` in them stands for what differs. */
describe("docs/runbook", () => {
  const pages = documents().filter(({ path }) => path.startsWith("docs/runbook/"));
  const source = sourceText();

  it("has a page for each failure, in one form", () => {
    const wanted = ["What you see", "What to do", "Do not"];
    const problems = pages
      .filter(({ path }) => !/README|production-down/.test(path))
      .flatMap(({ path, text }) => {
        const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, title]) => title!.replace("Why and what", "What"));
        return wanted.filter((heading) => !headings.includes(heading)).map((heading) => `${path} lacks "${heading}"`);
      });
    expect(problems).to.deep.equal([]);
    expect(pages).to.have.length.above(20);
  });

  for (const { path, text } of pages) {
    const symptoms = path.endsWith("README.md") ? indexed(text) : quoted(text);
    if (symptoms.length === 0) continue;
    it(`quotes what the code says: ${path}`, () => {
      const foreign = symptoms.flatMap((line) => piecesOf(line).filter((piece) => !source.includes(piece)));
      expect(foreign, "not in the source").to.deep.equal([]);
    });
  }

  it("has a line for each text with which a run fails", () => {
    const all = documents()
      .map(({ text }) => text.replaceAll("`", "'"))
      .join("\n");
    const failures = ["automation/deploy", "automation/stack", "automation/store"].flatMap(failuresIn);
    expect(failures).to.have.length.above(40);
    const unknown = failures.filter((text) => {
      const telling = piecesOf(text).filter((piece) => piece.length >= 12);
      const isKnown = telling.some((piece) => all.includes(piece));
      return telling.length > 0 && !isKnown && !WITHOUT_A_PAGE.some((piece) => text.includes(piece));
    });
    expect(unknown).to.deep.equal([]);
  });

  it("advises a refresh only while no run goes on or is unfinished", () => {
    const refreshes = documents().filter(({ text }) => text.includes("pulumi up --refresh"));
    const without = refreshes.filter(
      ({ text }) => !/no\s+run\s+that\s+is\s+running\s+or\s+`not\s+finished`/.test(text),
    );
    expect(without.map(({ path }) => path)).to.deep.equal([]);
    expect(refreshes).to.have.length.above(3);
  });

  it("quotes enough of each line to be looked for", () => {
    const vague = pages.flatMap(({ text }) => quoted(text)).filter((line) => !piecesOf(line).some(isTelling));
    expect(vague).to.deep.equal([]);
  });
});

/**
 * These texts need no page of the runbook. Commands end with them that were typed wrongly, with the exit code 2, or that have
 * nothing to do; they say themselves what is wanted.
 */
const WITHOUT_A_PAGE = [
  "there is no deploy",
  "nothing to retire",
  "unknown service",
  "is no aoshingo program",
  "has a default export, which the Pulumi CLI does not call",
  "there is no program at",
  "--store is empty",
  "--keep-warm",
  "stack is ",
];

/** The texts of errors that end a run, as the code of a folder throws them. */
function failuresIn(folder: string): string[] {
  return filesBelow(folder, /\.ts$/).flatMap((path) => {
    const code = joined(read(path).replaceAll("\\`", "'"));
    return [...code.matchAll(/new (?:UserError|StepFailed)\(\s*([`"])([\s\S]*?)\1/g)].map(([, , text]) =>
      text!.replace(/\$\{[^}]*\}/g, "‹›"),
    );
  });
}

const isTelling = (piece: string) => piece.length >= 8;

function quoted(text: string): string[] {
  return fencesOf(text).flatMap(({ language, lines }) => (language === "" ? lines : []));
}

/** In the index, what stands in the first cell of a row. */
function indexed(text: string): string[] {
  const cells = text.split("\n").flatMap((line) => /^\| (`.*?) \|/.exec(line)?.[1] ?? []);
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, words]) => words!));
}

/** The words between what differs. A message is put together from sentences, with `: ` and `; ` between them. */
function piecesOf(line: string): string[] {
  return line
    .split(/‹[^›]*›|[:;]/)
    .map((piece) => piece.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ""))
    .filter((piece) => piece.length >= 3);
}

/** As it is printed: without escapes, and without the seams of texts that take several lines. */
function sourceText(): string {
  return ["automation", "components"]
    .flatMap((folder) => filesBelow(folder, /\.ts$/))
    .map((path) => joined(read(path).replaceAll("\\`", "`")))
    .join("\n");
}

function joined(code: string): string {
  return code.replace(/[`"]\s*\+\s*[`"]/g, "");
}
