import { PassThrough } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { assert } from "chai";
import { askYesOrNo } from "../../../automation/output/terminal-prompt";

describe("askYesOrNo", () => {
  const never = new AbortController().signal;
  const asked = async (signal = never, typedBefore = "") => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    input.write(typedBefore);
    let text = "";
    output.on("data", (chunk) => {
      text += String(chunk);
    });
    const answer = askYesOrNo("Cut over?", signal, { input, output });
    while (text === "") await setImmediate();
    return { input, answer, shown: () => text };
  };

  for (const [typed, answer] of [
    ["y", true],
    ["Yes", true],
    ["n", false],
    ["no", false],
  ] as const) {
    it(`accepts ${typed}`, async () => {
      const question = await asked();
      question.input.write(`${typed}\n`);
      assert.equal(await question.answer, answer);
      assert.equal(question.shown(), "Cut over? (y/n) ");
    });
  }

  it("repeats the question until the answer is yes or no", async () => {
    const question = await asked();
    question.input.write("maybe\n");
    while (!question.shown().endsWith("Cut over? (y/n) Cut over? (y/n) ")) await setImmediate();
    question.input.write("y\n");
    assert.isTrue(await question.answer);
    assert.equal(question.shown(), "Cut over? (y/n) Cut over? (y/n) ");
  });

  it("takes nothing for an answer that was typed before the question", async () => {
    const question = await asked(never, "y\nyes\n");
    question.input.write("n\n");
    assert.isFalse(await question.answer);
  });

  it("returns null if the input ends", async () => {
    const question = await asked();
    question.input.end();
    assert.isNull(await question.answer);
  });

  it("returns null if the input has ended before", async () => {
    const input = new PassThrough();
    input.end();
    assert.isNull(await askYesOrNo("Cut over?", never, { input, output: new PassThrough() }));
  });

  it("rejects with the reason of the signal", async () => {
    const stop = new AbortController();
    const question = await asked(stop.signal);
    stop.abort(new Error("stopped"));
    assert.equal(await question.answer.catch((error: Error) => error.message), "stopped");
  });
});
