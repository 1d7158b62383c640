import type { GitHub } from "../../../automation/github/gh";

interface Text {
  id: number;
  number: number;
  html_url: string;
  user: { type: string };
  body: string;
  [key: string]: unknown;
}

/** GitHub with comments and issues in memory. `send` writes as a job; `by` writes as a person or a job. */
export class FakeGitHub implements GitHub {
  readonly texts: Text[] = [];
  readonly calls: string[] = [];

  by(type: "User" | "Bot", body: string, fields: Record<string, unknown> = {}): Text {
    const number = this.texts.length + 1;
    const text = { id: number, number, html_url: `https://github.test/${number}`, user: { type }, body, ...fields };
    this.texts.push(text);
    return text;
  }

  async list(path: string): Promise<Record<string, unknown>[]> {
    this.calls.push(`GET ${path}`);
    return path.includes("state=open") ? this.texts.filter(({ state = "open" }) => state === "open") : this.texts;
  }

  async send(method: "POST" | "PATCH", path: string, body: Record<string, unknown>): Promise<Record<string, unknown>> {
    this.calls.push(`${method} ${path}`);
    if (method === "POST" && /issues\/\d+\/comments$/.test(path) && !this.comments) return {};
    if (method === "POST") return this.by("Bot", String(body.body), body);
    const number = Number(path.split("/").at(-1));
    return Object.assign(this.texts.find((text) => text.number === number)!, body);
  }

  /** @param comments true: the texts are comments on a pull request; false: they are issues */
  constructor(private readonly comments: boolean) {}
}
