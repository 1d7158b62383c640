import { assert } from "chai";
import { marksOf } from "../../../../../automation/page/deploy/chart/marks";
import { drawSteps } from "../../../../../automation/page/deploy/chart/steps";
import { createFrame } from "../../../../../automation/page/kit/chart/frame";
import { Told } from "../sample-events";

/** Of a phone with 390 px. */
const WIDTH_PX = 350;
const PX_PER_LETTER = 6;

describe("the chart of steps", () => {
  it("lays no duration over a step's name, however long the step takes", () => {
    for (const seconds of [1, 20, 170, 600, 3_600]) {
      const told = new Told().begin().does("preflight").starts("warm");
      told.nowMs += seconds * 1_000;
      const model = told.ends("warm").does("test").starts("cutover").model();
      const frame = createFrame({ durationMs: model.durationMs, marks: marksOf(model) }, WIDTH_PX);
      const labels = [
        ...drawSteps(frame, model).text.matchAll(
          /class="duration[^"]*" x="([\d.]+)"[^>]*text-anchor="(\w+)">([^<]+)</g,
        ),
      ];
      assert.isAtLeast(labels.length, 4);
      for (const [, x, anchor, text] of labels) {
        const part = { start: 0, middle: 0.5, end: 1 }[anchor!]!;
        const left = Number(x) - part * text!.length * PX_PER_LETTER;
        assert.isAtLeast(left, frame.left, `${text} after ${seconds} s`);
        assert.isAtMost(left + text!.length * PX_PER_LETTER, WIDTH_PX, `${text} after ${seconds} s`);
      }
    }
  });
});
