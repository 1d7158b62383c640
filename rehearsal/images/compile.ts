import ts from "typescript";
import { UserError } from "../../components/core/user-error";
import type { ServiceFile } from "./service-files";

const DEFAULTS: ts.CompilerOptions = { target: ts.ScriptTarget.ES2023, esModuleInterop: true };

/**
 * The files with JavaScript for each TypeScript. Types are not checked: that is `npm run check`'s. Options are those of the service's `tsconfig.json`; modules
 * are what its `package.json` says by `type`.
 * @param name of the folder, for messages
 * @throws UserError with one line for each fault of the syntax
 */
export function compile(files: readonly ServiceFile[], name: string): ServiceFile[] {
  const options = optionsOf(files);
  const faults: string[] = [];
  const compiled = files.map((file) => {
    if (!/\.ts$/.test(file.path) || file.kind === "link") return file;
    if (file.path.endsWith(".d.ts")) return file;
    const { outputText, diagnostics = [] } = ts.transpileModule(file.content.toString(), {
      compilerOptions: options,
      fileName: file.path,
      reportDiagnostics: true,
    });
    faults.push(...diagnostics.filter(({ file: source }) => source).map((fault) => `${name}/${lineOf(fault)}`));
    return { ...file, path: file.path.replace(/\.ts$/, ".js"), content: Buffer.from(outputText) };
  });
  if (faults.length > 0) throw new UserError(faults.join("\n"));
  return compiled;
}

function optionsOf(files: readonly ServiceFile[]): ts.CompilerOptions {
  const text = (path: string) => files.find((file) => file.path === path)?.content.toString() ?? "{}";
  const { config } = ts.parseConfigFileTextToJson("tsconfig.json", text("tsconfig.json"));
  const { options } = ts.convertCompilerOptionsFromJson(config?.compilerOptions ?? {}, "");
  const isModule = (JSON.parse(text("package.json")) as { type?: string }).type === "module";
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
