import { expect } from "chai";
import { assertMetricPeriod } from "../../../automation/core/metric-period";
import { UserError } from "../../../components/core/user-error";
import { parseSettings } from "../../../components/settings/settings";

const settings = (metricPeriodSeconds: number) =>
  parseSettings({ domain: "example.jp", services: {}, deploy: { metricPeriodSeconds } });

describe("assertMetricPeriod", () => {
  it("refuses a period below a minute where AWS would (W23)", () => {
    expect(() => assertMetricPeriod(settings(30), {})).to.throw(
      UserError,
      /^aoshingo:deploy\.metricPeriodSeconds: given 30, wanted 60 or a multiple of it up to 3600; shorter periods are for rehearsals$/,
    );
  });

  it("allows it in a rehearsal, and whole minutes everywhere", () => {
    assertMetricPeriod(settings(0.3), { AWS_ENDPOINT_URL: "http://127.0.0.1:4566" });
    assertMetricPeriod(settings(60), {});
  });
});
