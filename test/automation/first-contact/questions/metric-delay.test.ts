import { expect } from "chai";
import { AwsObserver } from "../../../../automation/aws/observer";
import { metricDelay } from "../../../../automation/first-contact/questions/metric-delay";
import type { Observer } from "../../../../automation/ports/observer";
import { AwsServer } from "../../aws/server";
import { REGION, SampleTrial } from "../sample-trial";

/** From the beginning until the end of the minute that is asked for. */
const MINUTE_SECONDS = 60;

describe("the question how late metrics are", () => {
  const delayIn = async (sample: SampleTrial) => (await metricDelay.ask(sample.trial)).seconds?.metricDelay;
  /** @param count the requests that CloudWatch has of the minute, by seconds from its end */
  const ask = (count: (seconds: number) => number, aheadMs = 0) => {
    const traffic: Observer["traffic"] = async (_, { fromMs: startMs, toMs }) => [
      {
        ...{ startMs, errors: 0, ended: 0, responseSeconds: null },
        requests: count((sample.nowMs - aheadMs - toMs) / 1000),
      },
    ];
    const sample = new SampleTrial({ observer: { traffic, clockAheadMs: () => aheadMs } });
    return delayIn(sample);
  };

  it("is the time until a minute's count changes for the last time, not until it has one", async () => {
    expect(await ask((seconds) => (seconds < 70 ? 150 : 300))).to.deep.equal([70]);
  });

  it("is measured by AWS's clock", async () => {
    expect(await ask((seconds) => (seconds < 70 ? 150 : 300), 20_000)).to.deep.equal([70]);
    // Answers tell whole seconds.
    expect(await ask((seconds) => (seconds < 70 ? 150 : 300), 900)).to.deep.equal([71]);
  });

  it("is unknown for a count that never comes, and for one that never stands still", async () => {
    expect(await ask(() => 0)).to.deep.equal([]);
    expect(await ask((seconds) => Math.floor(seconds / 100))).to.deep.equal([]);
  });

  it("is measured over an answer of CloudWatch without all data points", async () => {
    const aws = await AwsServer.open();
    const sample = new SampleTrial({ observer: new AwsObserver(REGION) });
    aws.replies.GetMetricData = ({ MetricDataQueries, StartTime }) => {
      const seconds = sample.seconds - MINUTE_SECONDS;
      const hasPoint = (id: string) => id === "requests_0" && seconds >= 40;
      return {
        MetricDataResults: (MetricDataQueries as { Id: string }[]).map(({ Id }) => ({
          Id,
          Timestamps: hasPoint(Id) ? [StartTime] : [],
          Values: hasPoint(Id) ? [300] : [],
          StatusCode: seconds === 40 ? "PartialData" : "Complete",
        })),
      };
    };
    try {
      expect(await delayIn(sample)).to.deep.equal([41]);
    } finally {
      await aws.close();
    }
  });
});
