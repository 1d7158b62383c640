import { join, relative } from "node:path";
import { UserError } from "../../components/core/user-error";
import { DOCS_DIRECTORY } from "../core/package-directory";
import { readStackSettings } from "../core/project";
import { type EffectiveSetting, effectiveSettings } from "../settings/effective";
import { explanationOf, explanationText, listOf, listText, sourceJson } from "../settings/explain";
import { findSetting, isRelated } from "../settings/find-setting";
import { pathText, settingTree } from "../settings/setting-tree";
import { SettingsLines } from "../settings/settings-lines";
import { settingsText } from "../settings/settings-text";

export interface SettingsOptions {
  stack: string;
  onlySet: boolean;
  configFile?: string;
  json: boolean;
}

export interface ExplainOptions {
  stack?: string;
  configFile?: string;
  json: boolean;
}

/** Prints the settings that count in a stack. */
export function runSettings(asked: string | undefined, options: SettingsOptions): void {
  const { stack, onlySet, configFile, json } = options;
  const { file, values } = valuesIn(stack, configFile);
  const path = asked === undefined ? [] : (blockOf(asked, values) ?? findSetting(asked, settingTree()).path);
  const shown = values.filter((each) => isRelated(each.path, path) && (!onlySet || each.source.kind === "file"));
  if (json) {
    const settings = shown.map((each) => valueJson(each, file));
    console.log(JSON.stringify({ stack, file, settings }, null, 2));
  } else if (shown.length > 0) console.log(settingsText(shown, file));
  else console.log(`# ${asked} ${onlySet ? "is not set in" : "has no value by"} ${file}`);
}

/**
 * Prints what a setting is; without one, which there are.
 * @throws UserError if there is no such setting, or a file without a stack
 */
export function runExplain(asked: string | undefined, { stack, configFile, json }: ExplainOptions): void {
  if (configFile !== undefined && stack === undefined)
    throw new UserError(`--config-file ${configFile} is given without --stack: wanted both, to show the value there`);
  const tree = settingTree();
  const found = asked === undefined ? undefined : findSetting(asked, tree);
  const inStack = stack === undefined ? null : { stack, ...valuesIn(stack, configFile) };
  if (!found) {
    const settings = listOf(tree);
    console.log(json ? JSON.stringify({ settings }, null, 2) : listText(settings));
    return;
  }
  const explanation = explanationOf(found);
  const values = inStack?.values.filter((each) => isRelated(each.path, found.path)) ?? [];
  if (json) {
    const inThere = inStack && { values: values.map((each) => valueJson(each, inStack.file)) };
    console.log(JSON.stringify({ ...explanation, ...inThere }, null, 2));
  } else {
    const page = relative(process.cwd(), join(DOCS_DIRECTORY, explanation.page));
    console.log(explanationText(explanation, page, inStack && { ...inStack, values }));
  }
}

/** The path of the service or database with that name. */
function blockOf(name: string, values: readonly EffectiveSetting[]): readonly string[] | undefined {
  const blocks = ["services", "databases"];
  return values.find(({ path }) => blocks.includes(path[0]!) && path[1] === name)?.path.slice(0, 2);
}

/** @throws UserError with the problems of the settings, as `plan` shows them */
function valuesIn(stack: string, configFile: string | undefined): { file: string; values: EffectiveSetting[] } {
  const { settings, file } = readStackSettings(stack, configFile);
  const lines = new SettingsLines(file);
  return { file: lines.name, values: effectiveSettings(stack, settings, lines) };
}

function valueJson({ path, value, source }: EffectiveSetting, file: string): Record<string, unknown> {
  return { path: pathText(path), value, ...sourceJson(source, file) };
}
