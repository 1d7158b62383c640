import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** How often services processed each POST, from their own logs: `{"event":"userCreated","id":"..."}` once for each. */
export async function processedPosts(logsDirectory: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const files = await readdir(logsDirectory, { recursive: true, withFileTypes: true });
  for (const file of files.filter((entry) => entry.isFile())) {
    for await (const line of createInterface({ input: createReadStream(join(file.parentPath, file.name)) })) {
      const id = createdId(line);
      if (id !== null) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
  }
  return counts;
}

function createdId(line: string): string | null {
  const start = line.indexOf('{"event":"userCreated"');
  return start < 0 ? null : (JSON.parse(line.slice(start)) as { id: string }).id;
}
