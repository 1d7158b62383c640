import { ChangeResourceRecordSetsCommand, GetChangeCommand } from "@aws-sdk/client-route-53";
import { probeRecord } from "../probe-names";
import type { Question } from "../question";

/** As many changes, one after the other. */
const CHANGES = 2;
/** AWS seconds; Route 53's guide says: usually within 60. */
const LIMIT_SECONDS = 600;

/** Changes a record of its own. */
export const recordSync: Question = {
  title: "how long records take to be in sync",
  numbers: ["recordSync"],
  moments: ["up"],

  async ask(trial) {
    const { route53 } = trial.clients;
    const { zoneId } = await trial.service();
    const seconds: number[] = [];
    for (let change = 1; change <= CHANGES; change++) {
      const ResourceRecordSet = {
        Name: probeRecord(trial.parts),
        Type: "TXT" as const,
        TTL: 60,
        ResourceRecords: [{ Value: `"${change}"` }],
      };
      // Before the call: Route 53 begins before its answer is here, so the time counts in full.
      const changedMs = trial.now();
      const { ChangeInfo } = await route53.send(
        new ChangeResourceRecordSetsCommand({
          HostedZoneId: zoneId,
          ChangeBatch: { Changes: [{ Action: "UPSERT", ResourceRecordSet }] },
        }),
      );
      const inSync = await trial.until(LIMIT_SECONDS, async () => {
        const { ChangeInfo: now } = await route53.send(new GetChangeCommand({ Id: ChangeInfo!.Id }));
        return now?.Status === "INSYNC" ? trial.since(changedMs) : null;
      });
      if (inSync !== null) seconds.push(inSync);
    }
    return { seconds: { recordSync: seconds } };
  },
};
