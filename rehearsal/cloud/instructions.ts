import { join, relative } from "node:path";
import { ACCOUNT_PREFIXES, POLICY_PACK_COMMAND_FOLDER, TOOL_PREFIXES } from "./environment";
import type { CloudReady } from "./running-cloud";
import type { StackPlace } from "./stack-settings";

/** Name of the script in the cloud's own directory. */
const SCRIPT = "environment.sh";

/** Does what `leaveAccount` does, in a shell. The name that is always there keeps `unset` from having none. */
const LEAVE_ACCOUNT = `unset AWS_PROFILE $(env | sed -nE -e '/^(${TOOL_PREFIXES.join("|")})/d' -e 's/^((${ACCOUNT_PREFIXES.join("|")})[A-Za-z0-9_]+)=.*/\\1/p')`;

/** Returns a script that sets a shell's environment for the cloud: `. out/cloud/environment.sh`. */
export function environmentScript({ directory, environment }: CloudReady): { path: string; text: string } {
  const lines = Object.entries(environment).flatMap(([key, value]) =>
    // The shell has its own PATH: only the cloud's folders go before it.
    key === "PATH" ? [`export PATH='${ownFolders(value)}':"$PATH"`] : [`export ${key}='${value}'`],
  );
  return { path: join(directory, SCRIPT), text: `${[LEAVE_ACCOUNT, ...lines].join("\n")}\n` };
}

/** Returns the cloud's folders of a PATH: the first, which is the CLI's, and that of the command for policy packs. */
function ownFolders(path: string): string {
  return path
    .split(":")
    .filter((folder, place) => place === 0 || folder === POLICY_PACK_COMMAND_FOLDER)
    .join(":");
}

/** Returns the text for a person who starts the cloud: how a shell uses it, and a few commands to try. */
export function instructions(ready: CloudReady, { stack, domain, service = "users" }: StackPlace): string {
  const { nameServers, portOffset } = ready;
  const [{ address, port }] = nameServers as [{ address: string; port: number }];
  return `The rehearsal cloud runs; Ctrl-C ends it. AWS's port N is port N + ${portOffset} here (HTTPS ${443 + portOffset}, HTTP ${80 + portOffset}, DNS ${53 + portOffset}).

In another shell, take over its environment:

. ${relative(process.cwd(), environmentScript(ready).path)}

Then, for example:

pulumi stack init ${stack} --secrets-provider="awskms://alias/pulumi?region=$AWS_REGION"
pulumi up --stack ${stack}
npx aoshingo push --stack ${stack} ${service}:v1
npx aoshingo deploy --stack ${stack} ${service}=v1
curl -i https://${service}.${domain}/healthz
npx aoshingo fault errorsAfter service=${service} share=0.05; npx aoshingo fault clear
dig @${address} -p ${port} ${service}.${domain}

Name servers: ${nameServers.map((server) => `${server.address}:${server.port}`).join(" ")}
Load balancers: \`dig\` their names; curl finds them through HTTPS_PROXY, under their production names and ports.`;
}
