import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import type { ReadStream, WriteStream } from "node:tty";
import { expect } from "chai";
import type { Size } from "../../../automation/exec/session";
import { connectInput, outputTo } from "../../../automation/exec/terminal";

class Remote {
  readonly typed: string[] = [];
  readonly sizes: Size[] = [];
  async input(bytes: Buffer): Promise<void> {
    this.typed.push(bytes.toString());
  }
  resize(size: Size): void {
    this.sizes.push(size);
  }
}

const screen = (more: object) => Object.assign(new EventEmitter(), more) as unknown as WriteStream;

/** Waits until all that was written to a stream has arrived. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("automation/exec/terminal", () => {
  describe("with a terminal", () => {
    it("types each key on the other side, follows the window's size, and gives the terminal back", async () => {
      const modes: boolean[] = [];
      const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (mode: boolean) => modes.push(mode) });
      const stdout = screen({ isTTY: true, columns: 80, rows: 24 });
      const remote = new Remote();
      const listeners = process.listenerCount("exit");
      const end = connectInput(stdin as unknown as ReadStream, stdout, remote);
      expect(modes).to.deep.equal([true]);
      stdin.write("\u0003");
      await settled();
      Object.assign(stdout, { columns: 100, rows: 30 }).emit("resize");
      expect(remote.typed).to.deep.equal(["\u0003"]);
      expect(remote.sizes).to.deep.equal([
        { cols: 80, rows: 24 },
        { cols: 100, rows: 30 },
      ]);
      end();
      end();
      stdin.write("late");
      await settled();
      expect(modes).to.deep.equal([true, false]);
      expect(remote.typed).to.deep.equal(["\u0003"]);
      expect(process.listenerCount("exit")).to.equal(listeners);
    });
  });

  describe("with a pipe", () => {
    for (const [what, written, typed] of [
      ["whole lines", ["ls\n", "pwd\n"], "ls\npwd\n\u0004"],
      ["a last line without its end", ["ls"], "ls\u0004\u0004"],
      ["nothing", [], "\u0004"],
    ] as const) {
      it(`types ${what}, then Ctrl-D`, async () => {
        const stdin = new PassThrough();
        const remote = new Remote();
        const end = connectInput(stdin as unknown as ReadStream, screen({ isTTY: false }), remote);
        for (const text of written) stdin.write(text);
        stdin.end();
        await new Promise((resolve) => stdin.once("end", resolve));
        expect(remote.typed.join("")).to.equal(typed);
        expect(remote.sizes).to.deep.equal([{ cols: 300, rows: 100 }]);
        end();
      });
    }
  });

  describe("output", () => {
    const written = (isTTY: boolean, ...chunks: string[]) => {
      const parts: Buffer[] = [];
      const write = outputTo({ isTTY, write: (bytes: Buffer) => parts.push(bytes) > 0 } as unknown as WriteStream);
      for (const chunk of chunks) write(Buffer.from(chunk));
      return Buffer.concat(parts).toString();
    };

    it("to a terminal is as the other side wrote it", () => {
      expect(written(true, "a\r\nb\r\n")).to.equal("a\r\nb\r\n");
    });

    it("to a pipe has lines that end with LF, also where CR and LF come apart, and other CRs stay", () => {
      expect(written(false, "a\r", "\nb\r\n", "50 %\r100 %\n")).to.equal("a\nb\n50 %\r100 %\n");
      expect(written(false, "日本", "語\r\n")).to.equal("日本語\n");
    });
  });
});
