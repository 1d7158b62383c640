import { FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { flowLogGroupName } from "../../../components/core/names";
import type { Question } from "../question";

/** AWS seconds: the interval of aggregation is ten minutes, and delivery takes some more. */
const LIMIT_SECONDS = 1_200;

/** Waits for a first record, which the role of the program delivers. */
export const flowLogs: Question = {
  title: "whether flow logs arrive",
  belief: { id: "g", text: "flow logs are delivered by a role without logs:DescribeLogGroups" },
  moments: ["retired"],

  async ask(trial) {
    const logGroupName = flowLogGroupName(trial.parts);
    const seen = await trial.until(LIMIT_SECONDS, async () => {
      const { events = [] } = await trial.clients.logs.send(new FilterLogEventsCommand({ logGroupName, limit: 1 }));
      return events.length > 0 ? true : null;
    });
    if (seen) return { says: "confirmed", evidence: "records arrived" };
    return { says: "refuted", evidence: `no record arrived in ${LIMIT_SECONDS} s` };
  },
};
