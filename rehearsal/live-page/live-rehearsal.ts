import { join } from "node:path";
import { emptyModel } from "../../automation/page/deploy/model";
import { LivePage } from "../../automation/page/kit/live-page";
import type { Page } from "../../automation/page/kit/page";
import type { CloudEvent } from "../cloud/kernel/events";
import { STACK } from "../cloud/settings-source";
import { emptyServiceLogs } from "../environment/service-logs";
import { rehearsalPage } from "../report/page/page";
import { pageModelOf } from "../report/page-model";
import { addSample, firstRequestAtMs, type TrafficSamples } from "../report/samples";
import { timelineOf } from "../report/timeline";
import type { RehearsalRecord, RehearsalSettings } from "../report/types";
import { parseSampleLine } from "../traffic/sample-line";
import { FollowedFile } from "./followed-file";

/** What is known about a rehearsal while it goes on; its lists grow. */
export type RunningRecord = Pick<RehearsalRecord, "settings" | "streams" | "deploys" | "releases" | "tables">;

interface LiveRehearsalOptions {
  /** The port of the page; 0 for a free one. */
  port: number;
  /** The rehearsal's folder, with the files of traffic and cloud. */
  directory: string;
  settings: RehearsalSettings;
  onFailure(error: Error): void;
}

/**
 * The page that follows a rehearsal: it shows what the processes write to their files, drawn by the code that draws
 * the report.
 */
export class LiveRehearsal {
  readonly #settings: RehearsalSettings;
  readonly #traffic: FollowedFile;
  readonly #events: FollowedFile;
  readonly #startedMs = Date.now();
  readonly #samples: TrafficSamples = { requests: [], dns: [] };
  readonly #cloud: CloudEvent[] = [];
  #record: RunningRecord | null = null;
  #notice = "";
  #final: Page | null = null;
  #isClosed = false;
  #page!: LivePage;

  private constructor({ directory, settings }: LiveRehearsalOptions) {
    this.#settings = settings;
    this.#traffic = new FollowedFile(join(directory, "traffic.ndjson"));
    this.#events = new FollowedFile(join(directory, "cloud", "events.ndjson"));
  }

  /** @throws UserError when the port is taken */
  static async open(options: LiveRehearsalOptions): Promise<LiveRehearsal> {
    const live = new LiveRehearsal(options);
    const { port, onFailure } = options;
    live.#page = await LivePage.open({ port, file: null, onFailure, draw: () => live.#draw() });
    return live;
  }

  get url(): string {
    return this.#page.url!;
  }

  /** Shows what is done before the traffic flows. */
  say(line: string): void {
    this.#notice = line;
    this.#page.touch();
  }

  /** Follows the files from now on; call it when the traffic has started and earlier files are gone. */
  follow(record: RunningRecord): void {
    this.#record = record;
    this.#page.touch();
  }

  /** Closes the page. @param page what it shows at last; null when the rehearsal broke off */
  async close(page: Page | null): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#final = page;
    await this.#page.close();
  }

  async #draw(): Promise<Page> {
    if (this.#final) return this.#final;
    const record = this.#record;
    if (record) await this.#read();
    if (!record || this.#samples.requests.length === 0) return this.#before();
    const { settings } = record;
    const firstMs = firstRequestAtMs(this.#samples.requests);
    const recorded = { ...record, cloud: this.#cloud, logs: emptyServiceLogs() };
    const model = pageModelOf({ ...settings, deploys: record.deploys, cloud: this.#cloud }, firstMs);
    const durationMs = Math.max(model.durationMs, Date.now() - firstMs);
    const timeline = timelineOf(recorded, this.#samples, { hasWork: false });
    return rehearsalPage({
      ...settings,
      model: { ...model, durationMs, isOver: this.#isClosed },
      timeline,
      report: null,
    });
  }

  #before(): Page {
    const model = emptyModel({ kind: "rehearsal", stack: STACK, startMs: this.#startedMs });
    return rehearsalPage({
      ...this.#settings,
      model: { ...model, notice: this.#notice, isOver: this.#isClosed },
      timeline: null,
      report: null,
    });
  }

  async #read(): Promise<void> {
    const [traffic, events] = await Promise.all([this.#traffic.newLines(), this.#events.newLines()]);
    for (const line of traffic) {
      addSample(this.#samples, parseSampleLine(line));
    }
    for (const line of events) this.#cloud.push(JSON.parse(line) as CloudEvent);
  }
}
