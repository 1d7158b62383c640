import { expect } from "chai";
import { cloudEnvironment } from "../../../rehearsal/cloud/environment";

describe("rehearsal/cloud/environment", () => {
  const environment = cloudEnvironment({
    region: "eu-north-1",
    directory: "/cloud",
    apiUrl: "http://127.0.0.1:1",
    storageUrl: "https://127.0.0.1:5",
    proxyUrl: "http://127.0.0.1:2",
    nameServers: [
      { address: "127.20.0.1", port: 20_053 },
      { address: "127.20.0.2", port: 20_053 },
    ],
    awsPort: 3,
    awsxPort: 4,
    languageHostPort: null,
    pulumi: "/cli/bin/pulumi",
  });

  it("names the region as SDKs and as the AWS CLI and boto3 read it", () => {
    expect(environment).to.include({ AWS_REGION: "eu-north-1", AWS_DEFAULT_REGION: "eu-north-1" });
  });

  it("leads to S3 by TLS, and to the stack's own bucket for the deploy store", () => {
    expect(environment).to.include({ AWS_ENDPOINT_URL_S3: "https://127.0.0.1:5" });
    expect(environment).to.not.have.property("AOSHINGO_STORE");
  });

  it("has the name servers that the deploy's checks ask for every address of a load balancer", () => {
    expect(environment).to.include({ AOSHINGO_NAME_SERVERS: "127.20.0.1:20053,127.20.0.2:20053" });
  });

  it("names no language host where the CLI has its own", () => {
    expect(environment).to.not.have.property("PULUMI_DEBUG_LANGUAGES");
    expect(environment).to.include({ PULUMI_DEBUG_PROVIDERS: "aws:3,awsx:4" });
  });
});
