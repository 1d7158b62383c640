import { filesBelow, read } from "./documents";

export const BOOK = "docs/aws-rules.md";
const FOLDERS = ["automation", "bench", "components", "docs", "policy", "rehearsal", "services", "templates", "test"];
/** These cite rules only as examples, or by rule. */
const NOT_READ = /node_modules|^test\/docs\/(aws-rules\.test|rule-book)\.ts$|^test\/mutations\//;

/** `E22`, `W5-W6` or `E7, E9, C10`. */
const NUMBERS = String.raw`[A-Z]\d{1,2}(?:(?:, |-)[A-Z]\d{1,2})*`;
const BY_NAME = new RegExp(String.raw`aws-rules\s+(${NUMBERS})(?!\w)`, "g");
/** Without the book's name, as the rehearsal cloud cites: in brackets, or at the start of a comment. */
const BY_NUMBER = /(?:\(|\/\*\* )((?:[ERACKIMNWSPVYBL]\d{1,2}(?:, |-)?)+)(?=[),:.;])/g;
const ITEM = /\n {2}- (?=Enforced by: |Proved by: |Not held here: )/;

export interface Rule {
  /** Two for a line that joins two rules. */
  numbers: string[];
  /** Paths of files below the project's folder. */
  enforcedBy: string[];
}

/** The rules in their order. A rule is an entry of a list that begins with its number. */
export function bookOf(text: string): Rule[] {
  return entriesOf(text).flatMap((entry) => {
    const numbers = headOf(entry);
    if (numbers.length === 0) return [];
    const [, paths = ""] = /^ {2}- Enforced by: (.*)$/m.exec(entry) ?? [];
    return [{ numbers, enforcedBy: [...paths.matchAll(/`([^`]+)`/g)].map(([, path]) => path!) }];
  });
}

/** The text with the items of each rule made from `itemsOf`. */
export function withItems(text: string, itemsOf: (rule: Rule) => string[]): string {
  return entriesOf(text)
    .map((entry) => {
      const numbers = headOf(entry);
      if (numbers.length === 0) return entry;
      const end = /\n*$/.exec(entry)![0];
      const rule = entry.split(ITEM)[0]!.trimEnd();
      const items = itemsOf({ numbers, enforcedBy: [] });
      return [rule, ...items.map((item) => `  - ${item}`)].join("\n") + end;
    })
    .join("");
}

/** The text cut before each entry of a list and before each heading. */
function entriesOf(text: string): string[] {
  return text.split(/^(?=- |#)/m);
}

function headOf(entry: string): string[] {
  const [, head] = new RegExp(String.raw`^- \*\*(${NUMBERS})\*\*`).exec(entry) ?? [];
  return head ? expanded(head) : [];
}

export function citedIn(text: string): string[] {
  const byName = [...text.matchAll(BY_NAME)].map(([, list]) => list!);
  const byNumber = [...text.matchAll(BY_NUMBER)].map(([, list]) => list!).filter((list) => list !== "S3");
  return [...byName, ...byNumber].flatMap(expanded);
}

/** `A14-A16, A20` is A14, A15, A16 and A20. */
function expanded(list: string): string[] {
  return list.split(", ").flatMap((part) => {
    const [from, to = from] = part.split("-");
    const first = Number(from!.slice(1));
    return Array.from({ length: Number(to!.slice(1)) - first + 1 }, (_, index) => `${from![0]}${first + index}`);
  });
}

export function sources(): { path: string; text: string }[] {
  const paths = FOLDERS.flatMap((folder) => filesBelow(folder, /\.(ts|md|ya?ml)$/));
  return ["README.md", "index.ts", ...paths]
    .filter((path) => !NOT_READ.test(path))
    .map((path) => ({ path, text: read(path) }));
}
