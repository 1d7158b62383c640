import { expect } from "chai";
import { flowLogs } from "../../../../automation/first-contact/questions/flow-logs";
import { AwsServer, type Replies } from "../../aws/server";
import { SampleTrial } from "../sample-trial";

const RECORD = { events: [{ message: "2 123456789012 eni - - - - - - - - - NODATA" }] };

describe("the question whether flow logs arrive", () => {
  let aws: AwsServer;
  beforeEach(async () => {
    aws = await AwsServer.open();
  });
  afterEach(() => aws.close());

  const ask = async (FilterLogEvents: Replies[string]) => {
    aws.replies = { FilterLogEvents };
    const sample = new SampleTrial();
    const { says = "not seen" } = await flowLogs.ask(sample.trial);
    return { says, seconds: sample.seconds };
  };

  it("reads on where a page is empty (W21)", async () => {
    const pages: Record<string, object> = {
      "": { events: [], nextToken: "1" },
      1: { events: [], nextToken: "2" },
      2: RECORD,
    };
    expect(await ask(({ nextToken = "" }) => pages[String(nextToken)]!)).to.deep.equal({
      says: "confirmed",
      seconds: 0,
    });
  });

  it("reads no further than the first record", async () => {
    expect((await ask(() => ({ ...RECORD, nextToken: "1" }))).says).to.equal("confirmed");
    expect(aws.inputs("FilterLogEvents")).to.have.length(1);
  });

  it("takes no record in time for one that was not seen: it may be late", async () => {
    const { says, seconds } = await ask(() => ({ events: [] }));
    expect(says).to.equal("not seen");
    expect(seconds).to.be.at.least(1200);
  });
});
