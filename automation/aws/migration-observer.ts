import type { ObserveRequest } from "../../components/database/function/observe";
import type { MigrationDatabase } from "../../components/live/outputs";
import { MIGRATION_APPLICATION } from "../../components/settings/database-variables";
import type { AwsLimits } from "../core/aws-limits";
import type { MigrationObserver, Observed } from "../ports/migration-observer";

/** The function answers after 20 s at the latest, and a cold start and a connection come before that. Nobody tries again: it is only to be seen. */
const LIMITS: AwsLimits = {
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 45_000, throwOnRequestTimeout: true },
};

/** Calls the stack's function in the VPC. In a rehearsal `AWS_ENDPOINT_URL` leads it to the rehearsal cloud. */
export class AwsMigrationObserver implements MigrationObserver {
  constructor(private readonly region: string) {}

  async observe(
    { functionName, ...asked }: MigrationDatabase,
    watchesLocks: boolean,
    abortSignal: AbortSignal,
  ): Promise<Observed> {
    const { InvokeCommand, LambdaClient } = await import("@aws-sdk/client-lambda");
    // The `up` that wrote the outputs made the function, too: what stands beside its name there is what it asks for.
    const request: ObserveRequest = { ...asked, application: MIGRATION_APPLICATION, watchesLocks };
    const client = new LambdaClient({ region: this.region, ...LIMITS });
    try {
      const command = new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(JSON.stringify(request)) });
      const { FunctionError, Payload } = await client.send(command, { abortSignal });
      const answer = JSON.parse(Buffer.from(Payload ?? []).toString() || "{}") as Observed & { errorMessage?: string };
      if (FunctionError !== undefined) throw new Error(answer.errorMessage ?? FunctionError);
      return answer;
    } finally {
      client.destroy();
    }
  }
}
