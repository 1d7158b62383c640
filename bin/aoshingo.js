#!/usr/bin/env node
// The command `aoshingo`: in the repository from TypeScript, in the installed package compiled.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

if (existsSync(join(__dirname, "../automation/cli.ts"))) {
  require("../automation/register.cjs");
  require("../automation/cli.ts");
} else {
  // Node 22 and newer keep V8's bytecode: a later start compiles nothing.
  require("node:module").enableCompileCache?.();
  require(join(__dirname, "../dist/automation/cli.js"));
}
