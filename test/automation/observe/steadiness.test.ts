import { assert } from "chai";
import { type Steadiness, steadiness } from "../../../automation/observe/steadiness";

const task = (id: string) => ({ id, instanceId: "", status: "RUNNING", digests: {}, taskDefinition: "" });

/**
 * Returns the steadiness after one look each second. Each letter is a task; `-` means that not enough tasks are up.
 * @param enough as for `steadiness`
 */
function after(looks: readonly string[], enough?: number): Steadiness | null {
  let steady: Steadiness | null = null;
  looks.forEach((look, second) => {
    steady = steadiness(steady, look === "-" ? null : [...look].map(task), second * 1000, enough);
  });
  return steady;
}

describe("steadiness", () => {
  const table: { title: string; looks: string[]; enough?: number; sinceMs: number | null; restarts: number }[] = [
    { title: "not up yet", looks: ["-", "-"], sinceMs: null, restarts: 0 },
    {
      title: "counts from the first look at which all are up",
      looks: ["-", "ab", "ab", "ab"],
      sinceMs: 1000,
      restarts: 0,
    },
    { title: "in whatever order they are listed", looks: ["ab", "ba", "ab"], sinceMs: 0, restarts: 0 },
    { title: "a task that was replaced starts it again", looks: ["ab", "ab", "ac", "ac"], sinceMs: 2000, restarts: 1 },
    { title: "so does one that ended and is missing", looks: ["ab", "-", "-", "ac"], sinceMs: 3000, restarts: 1 },
    { title: "even if the same ones are back", looks: ["ab", "-", "ab"], sinceMs: 2000, restarts: 1 },
    { title: "each time", looks: ["a", "b", "c", "-", "d"], sinceMs: 4000, restarts: 3 },
    { title: "where two are enough, another one may come", looks: ["ab", "abc"], enough: 2, sinceMs: 0, restarts: 0 },
    { title: "and go", looks: ["abc", "ab", "abd", "ab"], enough: 2, sinceMs: 0, restarts: 0 },
    { title: "but two have to stay", looks: ["abc", "abd", "acd", "acd"], enough: 2, sinceMs: 2000, restarts: 1 },
  ];
  for (const { title, looks, enough, sinceMs, restarts } of table) {
    it(title, () => {
      const steady = after(looks, enough);
      assert.equal(steady?.sinceMs ?? null, sinceMs);
      assert.equal(steady?.restarts ?? 0, restarts);
    });
  }
});
