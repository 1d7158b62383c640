import { expect } from "chai";
import { isTimeZone } from "../../../components/core/time-zone";

describe("isTimeZone", () => {
  for (const zone of [
    "UTC",
    "GMT",
    "Asia/Tokyo",
    "America/Argentina/Buenos_Aires",
    "America/Port-au-Prince",
    "Etc/GMT+9",
  ])
    it(`takes ${zone}`, () => {
      expect(isTimeZone(zone)).to.equal(true);
    });

  for (const zone of ["", "Tokyo", "JST", "+09:00", "asia/tokyo", "Asia/Nowhere", " UTC"])
    it(`refuses "${zone}"`, () => {
      expect(isTimeZone(zone)).to.equal(false);
    });
});
