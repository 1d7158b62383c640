import { hostname } from "node:os";
import type { JournalEntry } from "../../../automation/ports/journal";
import type { DeployStore, Lease } from "../../../automation/ports/store";
import { openSpec, SHORT, type StoreSpec } from "./store-spec";

/** A request to the process that `contenders.ts` starts. */
export type Order =
  | { do: "acquire"; host?: string /** Unix milliseconds of the instant to start at. */; atMs?: number }
  | { do: "assertHeld" }
  | { do: "append"; deploy: string; entry: JournalEntry }
  | { do: "release" };

/** The result of an order: its value, or the error that it threw. Without an id: the lease was lost by itself. */
export interface Report {
  id?: number;
  value?: number;
  error?: string;
  lost?: string;
}

const { spec } = JSON.parse(process.env.CONTENDER!) as { spec: StoreSpec };
const store: DeployStore = openSpec(spec, SHORT);
let lease: Lease | undefined;

process.on("message", async ({ id, ...order }: Order & { id: number }) => {
  try {
    process.send!({ id, value: await perform(order) } satisfies Report);
  } catch (error) {
    process.send!({ id, error: `${(error as Error).name}: ${(error as Error).message}` } satisfies Report);
  }
});
process.send!({ id: 0 } satisfies Report);

async function perform(order: Order): Promise<number | undefined> {
  switch (order.do) {
    case "acquire": {
      while (order.atMs !== undefined && Date.now() < order.atMs);
      lease = await store.acquire({
        who: "contender",
        host: order.host ?? hostname(),
        pid: process.pid,
        what: "contend",
      });
      lease.lost.addEventListener("abort", () => process.send!({ lost: String(lease!.lost.reason) } satisfies Report));
      return lease.fencing;
    }
    case "assertHeld":
      await lease!.assertHeld();
      return;
    case "append":
      await store.append(order.deploy, order.entry);
      return;
    case "release":
      await lease!.release();
      return;
  }
}
