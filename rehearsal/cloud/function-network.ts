import { delimiter } from "node:path";
import type { Credentials } from "./api/credentials";
import type { DatabaseListeners } from "./data-plane/database/database-listeners";
import { authorityEnvironment } from "./kernel/client-environment";
import type { ServerRoute } from "./kernel/ports";
import type { FunctionSurroundings, LambdaFunction } from "./services/lambda/model/lambda";

/** A package of the AWS SDK: all are beside it. */
const SDK = "@aws-sdk/client-secrets-manager";

export interface FunctionNetworkParts {
  databases: DatabaseListeners;
  credentials: Credentials;
  apiUrl: () => string;
  region: string;
  /** File with the certificate of the rehearsal's own authority, PEM. */
  authorityFile: string;
  trustStore: { route(): Promise<ServerRoute> };
}

/** Gives each run of a function what its VPC and its role provide, as the tasks' network does for tasks. */
export class FunctionNetwork {
  constructor(private readonly parts: FunctionNetworkParts) {}

  async open(
    { vpcId, securityGroupIds, role }: LambdaFunction,
    requestId: string,
    log: (line: string) => void,
  ): Promise<FunctionSurroundings> {
    const { databases, credentials, apiUrl, region, authorityFile, trustStore } = this.parts;
    const opened =
      vpcId === null ? null : await databases.openLocally({ vpcId, securityGroupIds, service: undefined, log });
    const { path, revoke } = credentials.issue(role, requestId);
    return {
      environment: {
        AWS_REGION: region,
        AWS_ENDPOINT_URL: apiUrl(),
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `${apiUrl()}${path}`,
        AWS_EC2_METADATA_DISABLED: "true",
        // The runtime brings the SDK along.
        NODE_PATH: require.resolve.paths(SDK)!.join(delimiter),
        ...authorityEnvironment(authorityFile),
      },
      routes: [...(opened?.routes ?? []), await trustStore.route()],
      close: async () => {
        revoke();
        await opened?.close();
      },
    };
  }
}
