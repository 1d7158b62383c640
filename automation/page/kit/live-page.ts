import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { keptPage, type Page } from "./page";
import { PageServer } from "./page-server";

/** Shortest time between two drawings: more often would only take time from the run. */
const DRAW_MS = 1_000;
/** Largest part of the time that is spent on drawing. */
const DRAW_SHARE = 0.1;

export interface LivePageOptions {
  /** Port to serve on: 0 for a free one; null: the page is not served. */
  port: number | null;
  /** File that keeps the page when the run is over; null: no file. */
  file: string | null;
  /** Draws the page as things are now. */
  draw(): Page | Promise<Page>;
  /** Called when the page could not be drawn or written, once for each reason. The run that the page follows does not fail for that. */
  onFailure(error: Error): void;
}

/** A page that follows a run: served while the run lasts, written to a file when it has ended. */
export class LivePage {
  readonly #options: LivePageOptions;
  readonly #server: PageServer | null;
  readonly #failures = new Set<string>();
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

  /** Null if the page is not served. */
  get url(): string | null {
    return this.#server?.url ?? null;
  }

  /** Something happened: draws the page again within a second, once for everything that happens until then. */
  touch(): void {
    this.#drawIn(DRAW_MS);
  }

  #drawIn(ms: number): void {
    if (this.#server === null || this.#timer || this.#isOver) return;
    this.#timer = setTimeout(() => {
      this.#drawing = this.#draw();
    }, ms);
    this.#timer.unref();
  }

  async #draw(): Promise<void> {
    const startedMs = performance.now();
    try {
      this.#server?.show(await this.#options.draw());
    } catch (error) {
      this.#fail(error as Error);
    }
    const tookMs = performance.now() - startedMs;
    this.#timer = null;
    // The page shows time passing, so it is drawn again even if nothing happens.
    this.#drawIn(Math.max(DRAW_MS, tookMs / DRAW_SHARE));
  }

  #fail(error: Error): void {
    if (this.#failures.has(error.message)) return;
    this.#failures.add(error.message);
    this.#options.onFailure(error);
  }

  /** Draws the page for the last time, writes it to its file, and stops serving. */
  async close(): Promise<void> {
    this.#isOver = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#drawing;
    await this.#finish().catch((error: Error) => this.#fail(error));
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
