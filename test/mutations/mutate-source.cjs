/**
 * Loads ts-node, which hands it what it reads: changes the source of one file on its way to the compiler, in this
 * process and in all that it starts. The file itself stays as it is, and nothing that was compiled is kept.
 */
const { extname } = require("node:path");
const { readFileSync } = require("node:fs");
const Module = require("node:module");

const { file, code, mutated } = JSON.parse(process.env.MUTATION);
const load = Module._extensions[".js"];

Module._extensions[".js"] = (module, filename) => {
  if (filename !== file || extname(file) !== ".ts") return load(module, filename);
  module._compile(
    readFileSync(filename, "utf8").replace(code, () => mutated),
    filename,
  );
};

require("ts-node/register");
