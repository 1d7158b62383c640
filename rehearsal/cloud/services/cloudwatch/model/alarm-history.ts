type HistoryItemType = "ConfigurationUpdate" | "StateUpdate" | "Action";

export interface HistoryItem {
  alarmName: string;
  /** Unix milliseconds. */
  atMs: number;
  type: HistoryItemType;
  summary: string;
  /** JSON. */
  data: string;
}

export interface HistoryQuery {
  alarmName?: string | undefined;
  type?: HistoryItemType | undefined;
  /** Unix milliseconds, both included. */
  fromMs?: number | undefined;
  toMs?: number | undefined;
}

/** AWS keeps items for 30 days, the rehearsal so many of all alarms together. */
const KEPT_ITEMS = 10_000;

/** What happened to alarms. It outlives them. */
export class AlarmHistory {
  readonly #items: HistoryItem[] = [];

  add(item: Omit<HistoryItem, "data"> & { data: object }): void {
    this.#items.push({ ...item, data: JSON.stringify({ version: "1.0", ...item.data }) });
    if (this.#items.length > KEPT_ITEMS) this.#items.shift();
  }

  /** Returns the items, newest first. */
  find({ alarmName, type, fromMs = 0, toMs = Number.POSITIVE_INFINITY }: HistoryQuery): HistoryItem[] {
    return this.#items
      .filter((item) => item.alarmName === (alarmName ?? item.alarmName) && item.type === (type ?? item.type))
      .filter(({ atMs }) => atMs >= fromMs && atMs <= toMs)
      .reverse();
  }
}
