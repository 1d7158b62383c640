import { type Row, row } from "./spread";
import { Stage } from "./stage";

const ROUNDS = 10;

/** The `status` command as a whole process. */
export async function status(): Promise<Row[]> {
  const stage = await Stage.open("status");
  try {
    const seconds: number[] = [];
    for (let round = 0; round < ROUNDS; round++) seconds.push((await stage.command(["status"])).seconds);
    return [row("s, status command, whole process", seconds, "at most 1")];
  } finally {
    await stage.close();
  }
}
