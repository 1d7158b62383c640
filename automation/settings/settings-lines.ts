import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { isAlias, isMap, isNode, isSeq, LineCounter, parseDocument } from "yaml";
import { settingsOf } from "../../components/settings/settings";

/** The config in a `Pulumi.<stack>.yaml`, and where in it each value is. */
export class SettingsLines {
  readonly name: string;
  /** Config by key with its namespace, such as `aoshingo:domain`. */
  readonly config: Record<string, unknown>;
  readonly #lines = new LineCounter();
  readonly #document;

  /** @param file one that is YAML: `readStackSettings` has read it before */
  constructor(file: string) {
    this.name = basename(file);
    this.#document = parseDocument(readFileSync(file, "utf8"), { lineCounter: this.#lines });
    this.config = (this.#document.toJS() as { config?: Record<string, unknown> } | null)?.config ?? {};
  }

  /** The settings as they are in the file, by name. */
  get settings(): Record<string, unknown> {
    return settingsOf(this.config);
  }

  /**
   * The line of a value, from 1; of a value in a text of JSON that of the text.
   * @param path below `config`, with the key's namespace
   */
  lineOf(path: readonly string[]): number {
    let node: unknown = this.#document.contents;
    let start = 0;
    for (const key of ["config", ...path]) {
      const found = this.#below(node, key);
      if (!found) break;
      ({ start, node } = found);
    }
    return this.#lines.linePos(start).line;
  }

  /** The value with a key, or at a place in a list, and where it begins: in a map that is its key. */
  #below(node: unknown, key: string): { start: number; node: unknown } | undefined {
    const collection = isAlias(node) ? node.resolve(this.#document) : node;
    const pair = isMap(collection) ? collection.items.find((each) => String(each.key) === key) : undefined;
    const value = isSeq(collection) ? collection.items[Number(key)] : pair?.value;
    const first = pair ? pair.key : value;
    return isNode(first) && first.range ? { start: first.range[0], node: value } : undefined;
  }
}
