import { chmodSync, existsSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { Document, isMap, isScalar, type Pair, parseDocument, type YAMLMap } from "yaml";
import { UserError } from "../../components/core/user-error";
import { CONFIG_NAMESPACE, parseSettings, settingsOf } from "../../components/settings/settings";
import { configIn, textOf } from "../core/project";

const SERVICES = `${CONFIG_NAMESPACE}:services`;
const PATH = ["config", SERVICES];
const DEFAULT_INDENT = 2;

type Blocks = Record<string, unknown>;

/** The text of `Pulumi.<stack>.yaml`. Blocks of services are added and removed; every other line stays as it is. */
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

  /** Replaces the file in one step: if the process is killed, either the old or the new text is there. */
  write(): void {
    // Follows a symbolic link, so that it stays one.
    const target = realpathSync(this.path);
    // The name must not look like that of a stack's settings.
    const partial = join(dirname(target), `.${basename(target)}.${process.pid}.partial`);
    try {
      writeFileSync(partial, this.text);
      chmodSync(partial, statSync(target).mode);
      renameSync(partial, target);
    } catch (error) {
      rmSync(partial, { force: true });
      throw error;
    }
  }

  get name(): string {
    return basename(this.path);
  }

  /** One line for each problem in the settings. */
  get problems(): string[] {
    try {
      parseSettings(settingsOf(this.config));
      return [];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return error.message.split("\n");
    }
  }

  /** Settings of the services, by name. */
  get blocks(): Blocks {
    return (this.config[SERVICES] ?? {}) as Blocks;
  }

  /** Returns the file with the block added. @param comment one line, written above the block */
  withBlock(service: string, block: Blocks, comment: string): SettingsFile {
    const map = this.#blockMap();
    const text = map ? this.#inserted(map, service, block, comment) : this.#rewritten(service, block, comment);
    return this.#checked(text, { ...this.blocks, [service]: block });
  }

  /** Returns the file without the block and the comment lines right above it. */
  withoutBlock(service: string): SettingsFile {
    const { [service]: _, ...rest } = this.blocks;
    const map = this.#blockMap();
    const text = map && map.items.length > 1 ? this.#removed(map, service) : this.#rewritten(service, undefined);
    return this.#checked(text, rest);
  }

  /** Undefined if the services are not a map with lines of its own: then there is no line to add or to remove. */
  #blockMap(): YAMLMap | undefined {
    const map = this.document.getIn(PATH, true);
    return isMap(map) && !map.flow && map.items.length > 0 ? map : undefined;
  }

  #inserted(map: YAMLMap, service: string, block: Blocks, comment: string): string {
    const lines = this.text.split("\n");
    const indent = this.#columnOf(map.items[0]!);
    const last = map.items.at(-1)!;
    const isSpaced = map.items.length > 1 && lines[this.#firstLine(lines, last) - 1]?.trim() === "";
    const at = this.#endLine(lines, last, indent - 1);
    const added = new Document({ [service]: block })
      .toString({ lineWidth: 0, indent: this.#step(map, indent) })
      .trimEnd()
      .split("\n");
    const eol = this.text.includes("\r\n") ? "\r" : "";
    const indented = [`# ${comment}`, ...added].map((line) => `${" ".repeat(indent)}${line}${eol}`);
    lines.splice(at, 0, ...(isSpaced ? [eol] : []), ...indented);
    return lines.join("\n");
  }

  #removed(map: YAMLMap, service: string): string {
    const lines = this.text.split("\n");
    const index = map.items.findIndex(({ key }) => isScalar(key) && key.value === service);
    const pair = map.items[index]!;
    let from = this.#firstLine(lines, pair);
    let to = this.#endLine(lines, pair, this.#columnOf(pair));
    const isLast = index === map.items.length - 1;
    while (!isLast && lines[to]?.trim() === "") to += 1;
    while (isLast && lines[from - 1]?.trim() === "") from -= 1;
    lines.splice(from, to - from);
    return lines.join("\n");
  }

  /** Returns the text as the YAML library writes it: with comments and order, but not with all spaces. */
  #rewritten(service: string, block: Blocks | undefined, comment = ""): string {
    const document = this.document.clone() as Document.Parsed;
    const { [service]: _, ...rest } = this.blocks;
    if (block === undefined) {
      if (Object.keys(rest).length > 0) document.deleteIn([...PATH, service]);
      else document.setIn(PATH, {});
    } else if (Object.keys(rest).length > 0) {
      document.setIn([...PATH, service], document.createNode(block));
    } else {
      const map = document.createNode({ [service]: block }) as YAMLMap;
      map.commentBefore = ` ${comment}`;
      document.setIn(PATH, map);
    }
    return document.toString({ lineWidth: 0 });
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
    const end = pair.value === null ? start : (rangeOf(pair.value)[1] ?? start);
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
    if (!isDeepStrictEqual(meaningOf(document), { ...this.document.toJS(), config }))
      throw new UserError(
        `${this.name} stays as it is: its services have aliases, JSON or line ends of Windows, between which no block can be changed safely; change it in an editor`,
      );
    return new SettingsFile(this.path, text, document, config);
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

function isComment(line: string | undefined, isAt: (indent: number) => boolean): boolean {
  const indent = line === undefined ? -1 : line.search(/\S/);
  return indent >= 0 && line![indent] === "#" && isAt(indent);
}
