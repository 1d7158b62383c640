import { chmodSync, existsSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { Document, isCollection, isMap, isPair, isScalar, type Pair, parseDocument, type YAMLMap } from "yaml";
import { UserError } from "../../components/core/user-error";
import { CONFIG_NAMESPACE, parseSettings, type Settings, settingsOf } from "../../components/settings/settings";
import { notWritten, partialOf } from "../core/paths-there";
import { configIn, textOf } from "../core/project";

const SERVICES = `${CONFIG_NAMESPACE}:services`;
const PATH = ["config", SERVICES];
const DEFAULT_INDENT = 2;

type Blocks = Record<string, unknown>;

/** The text of `Pulumi.<stack>.yaml`. Blocks of services are added and removed; every other line stays as it is, and so do line ends. */
export class SettingsFile {
  private constructor(
    readonly path: string,
    readonly text: string,
    private readonly document: Document.Parsed,
    private readonly config: Blocks,
  ) {}

  /** @throws UserError if the file does not exist, cannot be read, or has what no command takes */
  static read(path: string): SettingsFile {
    if (!existsSync(path)) throw new UserError(`there is no ${basename(path)}`);
    return SettingsFile.of(path, textOf(path));
  }

  /** @throws UserError if the text is not what Pulumi's CLI takes, or has something else than keys below config: */
  static of(path: string, text: string): SettingsFile {
    return new SettingsFile(path, text, parseDocument(text), configIn(basename(path), text));
  }

  /**
   * Replaces the file in one step: if the process is killed, either the old or the new text is there.
   * @throws UserError if it cannot be written
   */
  write(): void {
    // Follows a symbolic link, so that it stays one.
    const target = realpathSync(this.path);
    const partial = partialOf(target);
    try {
      writeFileSync(partial, this.text);
      chmodSync(partial, statSync(target).mode);
      renameSync(partial, target);
    } catch (error) {
      rmSync(partial, { force: true, recursive: true });
      throw notWritten(this.name, error);
    }
  }

  get name(): string {
    return basename(this.path);
  }

  get stack(): string {
    return this.name.replace(/^Pulumi\.|\.yaml$/g, "");
  }

  /** @throws UserError with one line for each problem in the settings */
  get settings(): Settings {
    return parseSettings(settingsOf(this.config));
  }

  /** One line for each problem in the settings. */
  get problems(): string[] {
    try {
      void this.settings;
      return [];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return error.message.split("\n");
    }
  }

  /** What the stack has below config: of this key, such as `aws:region`. */
  valueOf(key: string): unknown {
    return this.config[key];
  }

  /** Settings of the services, by name. */
  get blocks(): Blocks {
    return (this.config[SERVICES] ?? {}) as Blocks;
  }

  /** Returns the file with the block added. @param comment one line, written above the block unless the services are in one line */
  withBlock(service: string, block: Blocks, comment: string): SettingsFile {
    const map = this.#map();
    const text = this.#hasLines(map)
      ? this.#inserted(map, service, block, comment)
      : this.#insertedInBraces(map, service, block);
    return this.#checked(text, { ...this.blocks, [service]: block });
  }

  /** Returns the file without the block, the comment lines right above it, and those below it that are indented deeper than its name. */
  withoutBlock(service: string): SettingsFile {
    const { [service]: _, ...rest } = this.blocks;
    const map = this.#map();
    const index = map.items.findIndex(({ key }) => isScalar(key) && key.value === service);
    return this.#checked(map.flow ? this.#removedInBraces(map, index) : this.#removed(map, index), rest);
  }

  /** @throws UserError if the services are no map, but an alias of one */
  #map(): YAMLMap {
    const map = this.document.getIn(PATH, true);
    if (!isMap(map)) throw this.#refusal();
    return map;
  }

  /** Whether the services have lines of their own, or can have them in the place of `{}`. */
  #hasLines(map: YAMLMap): boolean {
    const [start, end] = rangeOf(map);
    const isEmpty = /^\{ *\}$/.test(this.text.slice(start, end));
    return !map.flow || (isEmpty && !(this.document.get("config") as YAMLMap).flow);
  }

  /** Returns the text with lines below the last service, or below the key of the services in the place of `{}`. */
  #inserted(map: YAMLMap, service: string, block: Blocks, comment: string): string {
    const key = this.#keyOfServices();
    const last = map.items.at(-1);
    const indent = last ? this.#columnOf(last) : 2 * this.#columnOf(key);
    const step = last ? this.#step(map, indent) : this.#columnOf(key);
    const [start, end] = rangeOf(map);
    const text = last ? this.text : this.text.slice(0, start).replace(/ $/, "") + this.text.slice(end);
    const lines = text.split("\n");
    const isSpaced = map.items.length > 1 && lines[this.#firstLine(lines, last!) - 1]?.trim() === "";
    const at = this.#endLine(lines, last ?? key, indent);
    const added = new Document({ [service]: block }).toString({ lineWidth: 0, indent: step }).trimEnd().split("\n");
    const eol = this.text.includes("\r\n") ? "\r" : "";
    const indented = [`# ${comment}`, ...added].map((line) => `${" ".repeat(indent)}${line}${eol}`);
    if (at === lines.length) lines[at - 1] += eol;
    lines.splice(at, 0, ...(isSpaced ? [eol] : []), ...indented);
    return lines.join("\n").replace(/\r$/, "");
  }

  #removed(map: YAMLMap, index: number): string {
    const lines = this.text.split("\n");
    const pair = map.items[index]!;
    let from = this.#firstLine(lines, pair);
    let to = this.#endLine(lines, pair, this.#columnOf(pair));
    const isLast = index === map.items.length - 1;
    while (!isLast && lines[to]?.trim() === "") to += 1;
    while (isLast && lines[from - 1]?.trim() === "") from -= 1;
    lines.splice(from, to - from);
    const text = lines.join("\n").replace(/\r$/, "");
    if (map.items.length > 1) return text;
    const colon = text.indexOf(":", rangeOf(this.#keyOfServices().key)[1]) + 1;
    return `${text.slice(0, colon)} {}${text.slice(colon)}`;
  }

  #insertedInBraces(map: YAMLMap, service: string, block: Blocks): string {
    const last = map.items.at(-1);
    const at = last ? rangeOf(last.value)[1] : rangeOf(map)[0] + 1;
    const after = this.text.slice(at);
    const added = new Document({ [service]: block }, { flow: true }).toString({ lineWidth: 0 }).trim().slice(2, -2);
    return `${this.text.slice(0, at)}${last ? "," : ""} ${added}${after.startsWith("}") ? " " : ""}${after}`;
  }

  #removedInBraces(map: YAMLMap, index: number): string {
    const [before, pair, after] = [map.items[index - 1], map.items[index]!, map.items[index + 1]];
    const [start, end] = [rangeOf(pair.key)[0], rangeOf(pair.value)[1]];
    const from = before ? rangeOf(before.value)[1] : after ? start : rangeOf(map)[0] + 1;
    const to = before ? end : after ? rangeOf(after.key)[0] : rangeOf(map)[1] - 1;
    const isCommented = `${this.text.slice(from, start)}${this.text.slice(end, to)}`.includes("#");
    if (isCommented) throw this.#refusal();
    return this.text.slice(0, from) + this.text.slice(to);
  }

  #keyOfServices(): Pair {
    const config = this.document.get("config") as YAMLMap;
    return config.items.find(({ key }) => isScalar(key) && key.value === SERVICES)!;
  }

  /** Returns the index of the line with the pair's key, or of the first comment line right above it. */
  #firstLine(lines: string[], pair: Pair): number {
    const column = this.#columnOf(pair);
    let line = this.#lineAt(rangeOf(pair.key)[0]);
    while (isComment(lines[line - 1], (indent) => indent === column)) line -= 1;
    return line;
  }

  /** Returns the index of the line after the pair's value and the comments that are indented deeper than `indent`. */
  #endLine(lines: string[], pair: Pair, indent: number): number {
    const [start] = rangeOf(pair.key);
    const end = endOf(pair);
    let line = this.#lineAt(start + this.text.slice(start, end).trimEnd().length) + 1;
    for (let next = line; next < lines.length; next += 1) {
      if (isComment(lines[next], (found) => found > indent)) line = next + 1;
      else if (lines[next]!.trim() !== "") break;
    }
    return line;
  }

  /** Returns by how many columns the settings of a service are indented below its name. */
  #step(map: YAMLMap, indent: number): number {
    const inner = map.items
      .map(({ value }) => (isMap(value) && !value.flow ? value.items[0] : undefined))
      .find(Boolean);
    return inner ? this.#columnOf(inner) - indent : DEFAULT_INDENT;
  }

  #columnOf({ key }: Pair): number {
    const [start] = rangeOf(key);
    return start - (this.text.lastIndexOf("\n", start - 1) + 1);
  }

  #lineAt(offset: number): number {
    return this.text.slice(0, offset).split("\n").length - 1;
  }

  /**
   * Returns the file with the new text.
   * @throws UserError if the text means anything else than the blocks: lines cannot be changed where values are shared or on one line
   */
  #checked(text: string, blocks: Blocks): SettingsFile {
    const document = parseDocument(text);
    const config = { ...this.config, [SERVICES]: blocks };
    if (!isDeepStrictEqual(meaningOf(document), { ...this.document.toJS(), config })) throw this.#refusal();
    return new SettingsFile(this.path, text, document, config);
  }

  #refusal(): UserError {
    return new UserError(
      `${this.name} stays as it is: its services have aliases, or comments within braces, between which no block can be changed safely; change it in an editor`,
    );
  }
}

/** Undefined for what is not YAML, and where an alias has lost what it stands for. */
function meaningOf(document: Document.Parsed): unknown {
  try {
    return document.errors.length > 0 ? undefined : document.toJS();
  } catch {
    return undefined;
  }
}

function rangeOf(node: unknown): [number, number, number] {
  return (node as { range: [number, number, number] }).range;
}

/** Returns where a pair or an item ends, without the comments below it, which the parser counts as a part of what is around them. */
function endOf(item: unknown): number {
  if (isPair(item)) return item.value === null ? rangeOf(item.key)[1] : endOf(item.value);
  const last = isCollection(item) && !item.flow ? item.items.at(-1) : undefined;
  return last === undefined ? rangeOf(item)[1] : endOf(last);
}

function isComment(line: string | undefined, isAt: (indent: number) => boolean): boolean {
  const indent = line === undefined ? -1 : line.search(/\S/);
  return indent >= 0 && line![indent] === "#" && isAt(indent);
}
