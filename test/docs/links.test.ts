import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { PROJECT_DIRECTORY } from "../../automation/core/project-directory";
import { type Document, documents, filesBelow, read } from "./documents";

const FOLDER = /^(?:automation|bench|components|docs|policy|rehearsal|services|templates|test|\.github)\/[\w./-]*$/;
const SOURCES = ["automation", "bench", "components", "packaging", "policy", "rehearsal", "services", "test"];
/** What a reader is told to make. */
const EXAMPLE = /\/(?:announce|hello|sns)\b/;

describe("the documents", () => {
  it("link to what is there", () => {
    const problems = documents().flatMap((document) =>
      linksOf(document.text).flatMap((link) => problemOf(document, link) ?? []),
    );
    expect(problems).to.deep.equal([]);
  });

  it("name files and folders that there are", () => {
    const missing = documents().flatMap(({ path, text }) =>
      pathsOf(text)
        .filter((named) => !existsSync(join(PROJECT_DIRECTORY, named)))
        .map((named) => `${path}: ${named}`),
    );
    expect(missing).to.deep.equal([]);
  });

  it("name code that is in the file that they name with it", () => {
    const sources = SOURCES.flatMap((folder) => filesBelow(folder, /\.ts$/));
    const named = documents().flatMap(({ path, text }) =>
      [...text.matchAll(/`([A-Za-z_]\w*)`\s+(?:of|in)\s+`([\w/.-]+\.ts)`/g)].map(([, name, file]) => ({
        says: `${path}: ${name} of ${file}`,
        isThere: sources.some((source) => `/${source}`.endsWith(`/${file}`) && read(source).includes(name!)),
      })),
    );
    expect(named.filter(({ isThere }) => !isThere).map(({ says }) => says)).to.deep.equal([]);
    expect(named).to.have.length.above(5);
  });

  it("say each thing once: no section comes twice", () => {
    const twice = documents().flatMap(({ path, text }) => {
      const sections = [...text.matchAll(/^## (.*)$/gm)].map(([, title]) => title!);
      return sections.filter((title, place) => sections.indexOf(title) !== place).map((title) => `${path}: ${title}`);
    });
    expect(twice).to.deep.equal([]);
  });

  it("are all in the index, docs/README.md", () => {
    const index = documents().find(({ path }) => path === "docs/README.md")!;
    const linked = linksOf(index.text).map((link) => join("docs", link.split("#")[0]!));
    const known = new Set([...linked, index.path]);
    // A folder with an index of its own is in it by that.
    const isKnown = (path: string) =>
      known.has(path) || (dirname(path) !== "docs" && known.has(join(dirname(path), "README.md")));
    const missing = documents().filter(({ path }) => path.startsWith("docs/") && !isKnown(path));
    expect(missing.map(({ path }) => path)).to.deep.equal([]);
  });
});

/** Targets of links and pictures within the project, without those in code. */
function linksOf(text: string): string[] {
  const prose = text.replace(/```[\s\S]*?```/g, "").replace(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!).filter((target) => !/^\w+:/.test(target));
}

/** Paths below the project's folder that stand in code within a text. */
function pathsOf(text: string): string[] {
  const codes = [...text.replace(/```[\s\S]*?```/g, "").matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!);
  return codes.filter((code) => FOLDER.test(code) && !EXAMPLE.test(code)).map((code) => code.replace(/^\.\//, ""));
}

function problemOf({ path, text }: Document, link: string): string | null {
  const [file = "", anchor] = link.split("#");
  const target = file === "" ? path : join(dirname(path), file);
  if (!existsSync(join(PROJECT_DIRECTORY, target))) return `${path}: ${link} leads to nothing`;
  if (anchor === undefined) return null;
  const headings = [...(file === "" ? text : read(target)).matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    anchorOf(title!),
  );
  return headings.includes(anchor) ? null : `${path}: ${link} names no heading of ${target}`;
}

/** As GitHub makes them. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}
