import { execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import pMap from "p-map";
import { fetchNode, supportedNode } from "../automation/supported-node";

/** The versions of Node that have support. */
const VERSIONS = ["22", "24", "26"];
/**
 * Tests that start processes, load ES modules by require, read and write journals: what a version of Node may break. Not those of the
 * sample services, which run on the version of their images.
 */
const FILES = [
  "test/automation/{core,commands,output}/**/*.test.ts",
  "test/automation/store/{*,directory/*}.test.ts",
  "test/rehearsal/cloud/api/*.test.ts",
];

/**
 * Runs some tests on each version but the one that all tests run on, from npm's packages of Node's own builds.
 * Elsewhere than on Linux x64 it runs none.
 */
async function main(): Promise<number> {
  if (process.platform !== "linux" || process.arch !== "x64") {
    console.log("npm has builds of Node for this only on Linux x64: other versions of Node were not tried");
    return 0;
  }
  const ofAllTests = execFileSync(join(supportedNode(), "node"), ["--version"], { encoding: "utf8" });
  const versions = VERSIONS.filter((version) => !ofAllTests.startsWith(`v${version}.`));
  const passed = await pMap(versions, passesOn, { concurrency: availableParallelism() });
  console.log(`All tests run on Node ${ofAllTests.trim().slice(1)}`);
  return passed.every(Boolean) ? 0 : 1;
}

async function passesOn(version: string): Promise<boolean> {
  const bin = fetchNode(version);
  const mocha = [require.resolve("mocha/bin/mocha.js"), "--reporter", "dot", ...FILES];
  const { exitCode, all } = await execa(join(bin, "node"), mocha, {
    env: { PATH: `${bin}${delimiter}${process.env.PATH}` },
    stdin: "ignore",
    all: true,
    reject: false,
  });
  console.log(`Node ${version}: ${exitCode === 0 ? "passed" : `failed\n${all}`}`);
  return exitCode === 0;
}

void main().then((code) => {
  process.exitCode = code;
});
