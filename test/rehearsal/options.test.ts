import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { number } from "../../rehearsal/cloud/option-values";
import { optionsOf, rehearseCommand } from "../../rehearsal/options";
import {
  type CommandWords,
  OPTION_GROUPS,
  option,
  trafficCommand,
  trafficOptionsOf,
} from "../../rehearsal/traffic-options";
import { sampleObserved } from "../automation/first-contact/sample-observed";

const WORDS: CommandWords = {
  ...{ name: "sample", description: "A sample.", rate: 30, directory: "out/sample", example: "sample" },
  exitCodes: "0 done",
};

describe("rehearsal/options", () => {
  const parse = (args: string[]) => {
    const command = rehearseCommand()
      .exitOverride()
      .configureOutput({ writeErr: () => {} });
    command.parse(args, { from: "user" });
    const { drain, drainCap, bake, speed, spread } = optionsOf(command);
    return { drain, drainCap, bake, speed, spread };
  };

  const table: [args: string, options: ReturnType<typeof parse>][] = [
    ["", { drain: 80, drainCap: 300, bake: 180, speed: 20, spread: 2 }],
    ["--spread 120", { drain: 80, drainCap: 300, bake: 180, speed: 20, spread: 120 }],
    // A drain that is missing must show: no bake keeps the old colour warm, and its deploy is not faster than its nodes.
    ["--drain 0", { drain: 0, drainCap: 0, bake: 0, speed: 5, spread: 2 }],
    ["--drain-cap 0", { drain: 0, drainCap: 0, bake: 0, speed: 5, spread: 2 }],
    ["--drain-cap 0 --spread 120", { drain: 0, drainCap: 0, bake: 0, speed: 2, spread: 120 }],
    ["--drain 0 --drain-cap 300", { drain: 0, drainCap: 300, bake: 0, speed: 5, spread: 2 }],
    ["--drain-cap 0 --bake 60 --speed 7", { drain: 0, drainCap: 0, bake: 60, speed: 7, spread: 2 }],
  ];
  for (const [args, options] of table) {
    it(`${args || "nothing"} gives ${JSON.stringify(options)}`, () => {
      expect(parse(args.split(" ").filter(Boolean))).to.deep.equal(options);
    });
  }

  it("holds a rate that was given, and none that is the default", () => {
    const holds = (args: string[]) =>
      optionsOf(rehearseCommand().exitOverride().parse(args, { from: "user" })).holdsRate;
    expect([holds([]), holds(["--rate", "1000"])]).to.deep.equal([false, true]);
  });

  it("takes kinds of changes, in their order, and no others", () => {
    const changes = (args: string[]) =>
      optionsOf(rehearseCommand().exitOverride().parse(args, { from: "user" })).changes;
    expect(changes([])).to.deep.equal(["image"]);
    expect(changes(["--changes", "secret,image env"])).to.deep.equal(["secret", "image", "env"]);
    for (const text of ["", "image,cpu"])
      expect(() => parse(["--changes", text])).to.throw("wanted some of image, env, memory, secret");
  });

  it("takes the spread that was observed, unless one is given", () => {
    const directory = mkdtempSync(join(tmpdir(), "aoshingo-options-"));
    const file = join(directory, "observed.json");
    writeFileSync(file, JSON.stringify(sampleObserved({ ruleSpread: { min: 1, max: 9.5, samples: 2 } })));
    try {
      expect(parse(["--observed", file]).spread).to.equal(9.5);
      expect(parse(["--observed", file, "--spread", "4"]).spread).to.equal(4);
      writeFileSync(file, JSON.stringify(sampleObserved({ ruleSpread: { min: 1, max: 300, samples: 2 } })));
      expect(() => parse(["--observed", file])).to.throw(
        `${file} has a load balancer that followed after 300 s, and a rehearsal plays at most 120: give the spread, too`,
      );
      expect(parse(["--observed", file, "--spread", "120"]).spread).to.equal(120);
      expect(() => parse(["--observed", "nowhere.json"])).to.throw(
        "nowhere.json does not exist: wanted an observed.json",
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  describe("a flag", () => {
    const before = process.env.JSON;
    afterEach(() => {
      if (before === undefined) delete process.env.JSON;
      else process.env.JSON = before;
    });
    for (const [value, args, json] of [
      ["1", [], true],
      ["yes", [], true],
      ["0", [], false],
      ["", [], false],
      ["False", [], false],
      ["0", ["--json"], true],
    ] as const)
      it(`is ${json} by JSON="${value}" and ${args.join(" ") || "no option"}`, () => {
        process.env.JSON = value;
        expect(optionsOf(rehearseCommand().exitOverride().parse(args, { from: "user" })).json).to.equal(json);
      });
  });

  it("lists the options in groups, each under one heading", () => {
    const help = rehearseCommand().helpInformation();
    const headings = help.split("\n").filter((line) => /^[A-Z].*:$/.test(line));
    expect(headings).to.deep.equal([...Object.values(OPTION_GROUPS), "Options:"]);
  });

  it("of chaos and faults are those of traffic and their own: what they would ignore is refused", () => {
    const command = trafficCommand(WORDS, { rehearsed: [option("--runs <n>", "RUNS", "runs", 1, number(1, 9))] })
      .exitOverride()
      .configureOutput({ writeErr: () => {} });
    command.parse(["--runs", "3", "--speed", "7"], { from: "user" });
    const { runs, speed, rate, spread } = trafficOptionsOf<{ runs: number }>(command);
    expect({ runs, speed, rate, spread }).to.deep.equal({ runs: 3, speed: 7, rate: 30, spread: 2 });
    expect(() => command.parse(["--services", "users"], { from: "user" })).to.throw("unknown option '--services'");
  });

  it("takes a spread of 0 to 120 s only", () => {
    for (const spread of ["-1", "121", "x", ""])
      expect(() => parse(["--spread", spread])).to.throw("wanted a number from 0 to 120");
  });
});
