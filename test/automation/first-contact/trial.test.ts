import { expect } from "chai";
import { SampleTrial } from "./sample-trial";

const UNANSWERED = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
const REFUSED = Object.assign(new Error("no such group"), { name: "ValidationError" });

describe("a wait of a first contact", () => {
  /** Waits for 60 s. @param look by the seconds since the beginning */
  const until = (look: (seconds: number) => string | null) => {
    const sample = new SampleTrial();
    return sample.trial.until(60, async () => look(sample.seconds)).catch((error: Error) => error);
  };

  it("goes on after a look that AWS does not answer", async () => {
    const look = (seconds: number) => {
      if (seconds < 3) throw UNANSWERED;
      return seconds < 5 ? null : `seen after ${seconds} s`;
    };
    expect(await until(look)).to.equal("seen after 5 s");
  });

  it("ends with nothing seen where AWS answers at its end", async () => {
    const look = (seconds: number) => {
      if (seconds === 30) throw UNANSWERED;
      return null;
    };
    expect(await until(look)).to.equal(null);
  });

  it("fails where AWS does not answer at its end: nothing was seen, and nothing was refuted", async () => {
    const look = () => {
      throw UNANSWERED;
    };
    expect(await until(look)).to.equal(UNANSWERED);
  });

  it("ends at once where AWS refuses", async () => {
    let looks = 0;
    const look = () => {
      looks += 1;
      throw REFUSED;
    };
    expect(await until(look)).to.equal(REFUSED);
    expect(looks).to.equal(1);
  });
});
