import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { isLanguageHostNeeded } from "../../../rehearsal/language-host/is-language-host-needed";

describe("isLanguageHostNeeded", () => {
  const path = process.env.PATH;
  let folder: string;
  let cli: string;
  function executable(file: string): string {
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, "#!/bin/sh\n");
    chmodSync(file, 0o755);
    return file;
  }
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "aoshingo-needed-"));
    cli = executable(join(folder, "cli", "pulumi"));
    mkdirSync(join(folder, "bin"));
    process.env.PATH = join(folder, "bin");
  });
  afterEach(() => {
    process.env.PATH = path;
    rmSync(folder, { recursive: true });
  });

  it("is true for a CLI alone", () => {
    expect(isLanguageHostNeeded(cli)).to.equal(true);
  });

  it("is false where the language host is beside the CLI, a linked one too", () => {
    executable(join(folder, "cli", "pulumi-language-nodejs"));
    const link = join(folder, "bin", "pulumi");
    symlinkSync(cli, link);
    expect([cli, link].map(isLanguageHostNeeded)).to.deep.equal([false, false]);
  });

  it("is false where the language host is on PATH", () => {
    executable(join(folder, "bin", "pulumi-language-nodejs"));
    expect(isLanguageHostNeeded(cli)).to.equal(false);
  });
});
