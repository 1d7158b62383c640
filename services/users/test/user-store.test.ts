import { expect } from "chai";
import { UserStore } from "../user-store";

function storeOf(count: number, maxUsers?: number): UserStore {
  const store = new UserStore(maxUsers);
  for (let number = 1; number <= count; number += 1) store.add({ id: `u${number}`, name: `name ${number}` });
  return store;
}

const ids = (users: { id: string }[] | undefined) => users?.map(({ id }) => id);

describe("UserStore", () => {
  it("keeps what was added and refuses a taken id", () => {
    const store = storeOf(1);
    expect(store.add({ id: "u1", name: "other" })).to.equal(false);
    expect(store.get("u1")).to.deep.equal({ id: "u1", name: "name 1" });
    expect(store.get("u2")).to.equal(undefined);
  });

  it("lists newest first, page by page, each user once", () => {
    const store = storeOf(5);
    expect(ids(store.list(2))).to.deep.equal(["u5", "u4"]);
    expect(ids(store.list(2, "u4"))).to.deep.equal(["u3", "u2"]);
    expect(ids(store.list(2, "u2"))).to.deep.equal(["u1"]);
    expect(ids(store.list(2, "u1"))).to.deep.equal([]);
    expect(store.list(2, "nobody")).to.equal(undefined);
  });

  it("forgets the oldest above its limit", () => {
    const store = storeOf(5, 3);
    expect(ids(store.list(10))).to.deep.equal(["u5", "u4", "u3"]);
    expect(store.get("u2")).to.equal(undefined);
    expect(store.add({ id: "u1", name: "again" })).to.equal(true);
    expect(ids(store.list(10))).to.deep.equal(["u1", "u5", "u4"]);
  });
});
