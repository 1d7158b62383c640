/** Returns what a client of the AWS SDK needs to ask the cloud. @param variables those that lead to the cloud */
export function clientOptions(variables: Record<string, string>) {
  const { AWS_REGION, AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = variables;
  return {
    region: AWS_REGION!,
    endpoint: AWS_ENDPOINT_URL!,
    credentials: { accessKeyId: AWS_ACCESS_KEY_ID!, secretAccessKey: AWS_SECRET_ACCESS_KEY! },
  };
}
