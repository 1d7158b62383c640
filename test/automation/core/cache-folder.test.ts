import { expect } from "chai";
import { cacheFolder } from "../../../automation/core/cache-folder";

describe("cacheFolder", () => {
  it("follows the conventions of each system", () => {
    expect(cacheFolder({ HOME: "/h" }, "linux")).to.equal("/h/.cache/aoshingo");
    expect(cacheFolder({ HOME: "/h", XDG_CACHE_HOME: "/x" }, "linux")).to.equal("/x/aoshingo");
    expect(cacheFolder({ HOME: "/h", XDG_CACHE_HOME: "/x" }, "darwin")).to.equal("/h/Library/Caches/aoshingo");
  });
});
