import { expect } from "chai";
import fc from "fast-check";
import { physicalName } from "../../../components/core/names";

describe("physical names", () => {
  it("keep as much of the readable part as fits", () => {
    expect(physicalName("users-bg", ["users"], 32)).to.match(/^users-bg-[0-9a-f]{6}$/);
    expect(physicalName(`${"u".repeat(30)}-bg`, ["users"], 32)).to.match(/^u{25}-[0-9a-f]{6}$/);
  });

  it("do not end the readable part in a hyphen", () => {
    expect(physicalName(`${"u".repeat(24)}-users`, ["users"], 32)).to.match(/^u{24}-[0-9a-f]{6}$/);
  });

  it("differ exactly when the identity differs", () => {
    expect(physicalName("users", ["users", 8080], 32)).to.equal(physicalName("users", ["users", 8080], 32));
    expect(physicalName("users", ["users", 8080], 32)).not.to.equal(physicalName("users", ["users", 8081], 32));
    expect(physicalName("users", ["a", "b"], 32)).not.to.equal(physicalName("users", ["ab"], 32));
  });

  it("are valid names of a target group", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z][a-z0-9-]{0,60}$/), fc.array(fc.string()), (readable, identity) => {
        expect(physicalName(readable, identity, 32)).to.match(/^(?=.{1,32}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/);
      }),
    );
  });
});
