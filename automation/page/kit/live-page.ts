import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { keptPage, type Page } from "../deploy/deploy-page";
import { PageServer } from "./page-server";

/** Between two drawings at least; a reader sees no more, and the run has better things to do. */
const DRAW_MS = 1_000;
/** Drawing takes at most this part of the time. */
const DRAW_SHARE = 0.1;

export interface LivePageOptions {
  /** To serve on: 0 for a free one, null not to serve. */
  port: number | null;
  /** Where it is kept when it is over; null: nowhere. */
  file: string | null;
  /** Draws it as things stand. */
  draw(): Page | Promise<Page>;
  /** Told when it could not be drawn or kept. Nothing else comes of that: whom the page follows has better things to do than to fail by it. */
  onFailure(error: Error): void;
}

/** A page that follows a run: served while it goes on, kept as a file when it has ended. */
export class LivePage {
  readonly #options: LivePageOptions;
  readonly #server: PageServer | null;
  #timer: NodeJS.Timeout | null = null;
  #drawing: Promise<void> = Promise.resolve();
  #isOver = false;

  private constructor(options: LivePageOptions, server: PageServer | null) {
    this.#options = options;
    this.#server = server;
  }

  /** @throws UserError when the port is taken */
  static async open(options: LivePageOptions): Promise<LivePage> {
    const server = options.port === null ? null : await PageServer.listen(await options.draw(), options.port);
    return new LivePage(options, server);
  }

  /** Null when it is not served. */
  get url(): string | null {
    return this.#server?.url ?? null;
  }

  /** Something happened: it is drawn again, in a while and once for all that happens until then. */
  touch(): void {
    this.#drawIn(DRAW_MS);
  }

  #drawIn(ms: number): void {
    if (this.#server === null || this.#timer || this.#isOver) return;
    this.#timer = setTimeout(() => {
      this.#drawing = this.#draw().catch((error: Error) => this.#options.onFailure(error));
    }, ms);
    this.#timer.unref();
  }

  async #draw(): Promise<void> {
    const startedMs = performance.now();
    this.#server?.show(await this.#options.draw());
    const tookMs = performance.now() - startedMs;
    this.#timer = null;
    // Time passes on the page, whether or not anything else happens.
    this.#drawIn(Math.max(DRAW_MS, tookMs / DRAW_SHARE));
  }

  /** Draws it for the last time, keeps it, and serves it no longer. */
  async close(): Promise<void> {
    this.#isOver = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#drawing;
    await this.#finish().catch((error: Error) => this.#options.onFailure(error));
    await this.#server?.close();
  }

  async #finish(): Promise<void> {
    const page = await this.#options.draw();
    this.#server?.show(page);
    const { file } = this.#options;
    if (file === null) return;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, keptPage(page));
  }
}
