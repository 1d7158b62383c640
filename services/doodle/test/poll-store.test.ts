import { expect } from "chai";
import fc from "fast-check";
import { PollStore } from "../poll-store";

const store = (count: number, minKept?: number): PollStore => {
  const polls = new PollStore(minKept);
  for (let number = 1; number <= count; number += 1) polls.add({ id: `p${number}`, title: `title ${number}` });
  return polls;
};

describe("PollStore", () => {
  it("lists newest first, up to the limit", () => {
    expect(store(3).list(2)).to.deep.equal([
      { id: "p3", title: "title 3" },
      { id: "p2", title: "title 2" },
    ]);
    expect(store(0).list(2)).to.deep.equal([]);
  });

  it("keeps the newest, at least as many as it promises and less than twice as many", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 10 }), (count, minKept) => {
        const polls = store(count, minKept);
        const kept = polls.list(1000);
        expect(kept.length)
          .to.be.at.least(Math.min(count, minKept))
          .and.below(2 * minKept);
        expect(kept.map(({ id }) => id)).to.deep.equal(kept.map((_, index) => `p${count - index}`));
        for (let number = 1; number <= count; number += 1)
          expect(polls.has(`p${number}`)).to.equal(number > count - kept.length);
      }),
    );
  });
});
