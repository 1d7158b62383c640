import ts from "typescript";
import { UserError } from "../../components/core/user-error";
import { manifestOf } from "./manifest";
import type { ServiceFile } from "./service-files";

const DEFAULTS: ts.CompilerOptions = { target: ts.ScriptTarget.ES2023, esModuleInterop: true };

/**
 * Compiles each TypeScript file to JavaScript; other files stay as they are. It does not check types, as `npm run
 * check` does. The options are those of the service's `tsconfig.json`; the kind of modules is the `type` of its
 * `package.json`.
 * @param name name of the folder, for messages
 * @throws UserError with one line for each syntax error, or if `package.json` is no object in JSON
 */
export function compile(files: readonly ServiceFile[], name: string): ServiceFile[] {
  const options = optionsOf(files, name);
  const errors: string[] = [];
  const compiled = files.map((file) => {
    if (!/\.ts$/.test(file.path) || file.kind === "link") return file;
    if (file.path.endsWith(".d.ts")) return file;
    const { outputText, diagnostics = [] } = ts.transpileModule(file.content.toString(), {
      compilerOptions: options,
      fileName: file.path,
      reportDiagnostics: true,
    });
    errors.push(...diagnostics.filter(({ file: source }) => source).map((error) => `${name}/${lineOf(error)}`));
    return { ...file, path: file.path.replace(/\.ts$/, ".js"), content: Buffer.from(outputText) };
  });
  if (errors.length > 0) throw new UserError(errors.join("\n"));
  return compiled;
}

function optionsOf(files: readonly ServiceFile[], name: string): ts.CompilerOptions {
  const text = (path: string) => files.find((file) => file.path === path)?.content.toString() ?? "{}";
  const { config } = ts.parseConfigFileTextToJson("tsconfig.json", text("tsconfig.json"));
  const { options } = ts.convertCompilerOptionsFromJson(config?.compilerOptions ?? {}, "");
  const isModule = manifestOf(text("package.json"), `${name}/package.json`).type === "module";
  return {
    ...DEFAULTS,
    ...options,
    module: isModule ? ts.ModuleKind.ESNext : ts.ModuleKind.CommonJS,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    declaration: false,
    sourceMap: false,
  };
}

function lineOf({ file, start = 0, messageText }: ts.Diagnostic): string {
  const { line } = file!.getLineAndCharacterOfPosition(start);
  return `${file!.fileName}:${line + 1}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
}
