import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import ts from "typescript";
import { PROJECT_DIRECTORY } from "../../automation/project-directory";
import { UserError } from "../../components/user-error";

const IMAGES = join(PROJECT_DIRECTORY, "out", "images");

/** What the rehearsal's registry holds instead of layers: how to run the image on this machine. */
export interface ImageManifest {
  schemaVersion: 2;
  config: { Cmd: string[]; WorkingDir: string; Env: string[] };
}

/**
 * What `docker build` is for production: compiles `services/<service>` once per state of its source, so that tasks start fast.
 * @param environment baked into the image, such as `FAULT=unhealthy` of a bad release
 * @throws UserError if there is no such service folder
 */
export async function buildImage(service: string, environment: readonly string[]): Promise<ImageManifest> {
  const folder = join(PROJECT_DIRECTORY, "services", service);
  if (!existsSync(join(folder, "main.ts")))
    throw new UserError(`there is no services/${service}/main.ts to make an image of`);
  const sources = (await readdir(folder)).filter((name) => name.endsWith(".ts")).sort();
  const texts = await Promise.all(sources.map((name) => readFile(join(folder, name), "utf8")));
  const directory = join(
    IMAGES,
    `${service}-${createHash("sha256").update(texts.join("\0")).digest("hex").slice(0, 12)}`,
  );
  if (!existsSync(directory)) await compile(sources, texts, directory);
  return {
    schemaVersion: 2,
    config: { Cmd: [process.execPath, join(directory, "main.js")], WorkingDir: directory, Env: [...environment] },
  };
}

/** Into a folder of another name first: a folder that has the right name is whole. */
async function compile(sources: string[], texts: string[], directory: string): Promise<void> {
  const unfinished = `${directory}.${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  for (const [index, name] of sources.entries()) {
    const { outputText } = ts.transpileModule(texts[index]!, {
      compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.CommonJS, esModuleInterop: true },
    });
    await writeFile(join(unfinished, name.replace(/\.ts$/, ".js")), outputText);
  }
  await rename(unfinished, directory).catch(() => rm(unfinished, { recursive: true }));
}
