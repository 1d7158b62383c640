import { expect } from "chai";
import { cloudEnvironment, leaveAccount } from "../../../rehearsal/cloud/environment";
import { RunningCloud } from "../../../rehearsal/cloud/running-cloud";
import { DeployCommand } from "../../../rehearsal/environment/deploy-command";

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

  it("reads no file of an account, and takes no proxy of the shell, in whichever case it is written", () => {
    expect(environment).to.include({ AWS_CONFIG_FILE: "/dev/null", AWS_SHARED_CREDENTIALS_FILE: "/dev/null" });
    for (const name of ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"])
      expect(environment).to.include({ [name]: "http://127.0.0.1:2" });
  });

  it("names no language host where the CLI has its own", () => {
    expect(environment).to.not.have.property("PULUMI_DEBUG_LANGUAGES");
    expect(environment).to.include({ PULUMI_DEBUG_PROVIDERS: "aws:3,awsx:4" });
  });
});

describe("the account of whoever rehearses", () => {
  const ACCOUNT = {
    ...{ AWS_PROFILE: "nobody", AWS_DEFAULT_PROFILE: "nobody", AWS_SESSION_TOKEN: "token" },
    ...{ AWS_ENDPOINT_URL_SQS: "https://sqs.eu-west-1.amazonaws.com", AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" },
    ...{ AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://169.254.170.23/v1", AWS_WEB_IDENTITY_TOKEN_FILE: "/token" },
    ...{ AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/prod", AWS_USE_FIPS_ENDPOINT: "true" },
    ...{ PULUMI_ACCESS_TOKEN: "pul-token", PULUMI_CREDENTIALS_PATH: "/credentials", PULUMI_STACK: "prod" },
    ...{ PULUMI_CONFIG_PASSPHRASE_FILE: "/passphrase", PULUMI_CONFIG_PASSPHRASE: "passphrase" },
  };
  // How a tool runs, not where.
  const KEPT = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true", HOME: "/home/me" };

  it("is left, with nothing but what leads to it", () => {
    const environment: NodeJS.ProcessEnv = { ...ACCOUNT, ...KEPT };
    leaveAccount(environment);
    expect(environment).to.deep.equal(KEPT);
  });

  describe("in a rehearsal", () => {
    const own = { ...process.env };
    beforeEach(() => Object.assign(process.env, ACCOUNT));
    afterEach(() => {
      for (const name of Object.keys(ACCOUNT))
        if (own[name] === undefined) delete process.env[name];
        else process.env[name] = own[name];
    });

    it("is not in a deploy's environment", async () => {
      const signal = AbortSignal.timeout(60_000);
      // A cloud that refuses its options is one that was started.
      const refused = await RunningCloud.start({ args: ["--speed", "none"], onLog: () => {}, signal }).catch(String);
      expect(refused).to.include("wanted a number above 0, given none");
      // What node prints before it loads anything shows which variables it got.
      const shown = "process.stderr.write(JSON.stringify(process.env)); process.exit(0)";
      const variables = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(shown)}` };
      const { errors } = await DeployCommand.prewarm(variables, signal).run([], {}, () => {});
      const given = JSON.parse(errors);
      expect(given).to.include(variables);
      expect(Object.keys(ACCOUNT).filter((name) => name in given)).to.deep.equal([]);
    });
  });
});
