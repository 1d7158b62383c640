import { expect } from "chai";
import { buildProgram } from "../../automation/commands/program";
import { type Document, documents, filesBelow, read } from "./documents";

describe("the documents' commands", () => {
  const commands = documents().flatMap(commandsOf);

  it("are scripts and targets that there are", () => {
    const scripts = Object.keys((JSON.parse(read("package.json")) as { scripts: object }).scripts);
    const targets = [...read("Makefile").matchAll(/^([a-z-]+):/gm)].map(([, target]) => target!);
    const names = {
      make: targets,
      "npm run": scripts,
      "npx aoshingo": buildProgram().commands.map((command) => command.name()),
    };
    const problems = commands.filter(({ by, name }) => !names[by].includes(name));
    expect(problems).to.deep.equal([]);
    expect(commands.length).to.be.above(40);
  });

  it("install the package by its tarball: its name is not published, and anybody could take it", () => {
    const texts = [...documents(), { path: "init", text: read("automation/commands/run-init.ts") }];
    const named = texts.filter(({ text }) => /npm (?:install|i|add)(?: -\S+)* aoshingo\b(?!-)/.test(text));
    expect(named.map(({ path }) => path)).to.deep.equal([]);
    const upgrades = [...texts, { path: "--help", text: read("automation/commands/upgrade.ts") }].flatMap(
      ({ path, text }) =>
        [...text.matchAll(/(?:^ {4}|["`])npx aoshingo upgrade [^"`\n]*/gm)].map(([command]) => ({ path, command })),
    );
    expect(upgrades.filter(({ command }) => !/ --to \S+\.tgz\b/.test(command))).to.deep.equal([]);
    expect(upgrades).to.have.length.above(2);
    for (const path of ["README.md", "docs/package.md"])
      expect(read(path))
        .to.contain("npm install ../aoshingo-0.1.0.tgz")
        .and.match(/name `aoshingo` is not published yet/);
  });

  it("have the options that they are given", () => {
    const source = ["automation", "rehearsal", "bench"]
      .flatMap((folder) => filesBelow(folder, /\.ts$/))
      .map(read)
      .join("\n");
    const problems = commands.flatMap(({ path, by, name, options }) =>
      options
        .filter((option) => option !== "--help" && !source.includes(`"${option}`))
        .map((option) => `${path}: ${by} ${name} ${option}`),
    );
    expect(problems).to.deep.equal([]);
  });
});

interface Command {
  path: string;
  by: "make" | "npm run" | "npx aoshingo";
  name: string;
  options: string[];
}

/** In code only: between backticks, in fences and in indented lines. */
function commandsOf({ path, text }: Document): Command[] {
  const code = [...text.matchAll(/```[\s\S]*?```|`[^`\n]+`|^ {4}.*$/gm)].map(([match]) => match);
  return code
    .flatMap((part) => part.split("\n"))
    .flatMap((line) =>
      [...line.matchAll(/\b(make|npm run|npx aoshingo)(?: --silent)? ([a-z][a-z:-]*)([^`;&|#]*)/g)].map(
        ([, by, name, rest]) => ({
          path,
          by: by as Command["by"],
          name: name!,
          options: by === "make" ? [] : [...rest!.matchAll(/(?<= )--[a-z][a-z-]+/g)].map(([option]) => option),
        }),
      ),
    );
}
