import { paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
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
      // A page may be empty although later ones are not (aws-rules W21).
      const pages = paginateFilterLogEvents({ client: trial.clients.logs }, { logGroupName, limit: 1 });
      for await (const { events = [] } of pages) if (events.length > 0) return true;
      return null;
    });
    if (seen) return { says: "confirmed", evidence: "records arrived" };
    // They may be late, or have nothing to tell.
    return {
      evidence: `no record arrived in ${LIMIT_SECONDS} s: DeliverLogsErrorMessage of \`aws ec2 describe-flow-logs\` says whether the role lacks a right`,
    };
  },
};
