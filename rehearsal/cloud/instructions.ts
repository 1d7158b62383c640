import type { CloudReady } from "./running-cloud";

/** Set for the shell's own sake; PATH only matters for the CLI. */
const HIDDEN = new Set(["PATH"]);

/** What a person needs to play with the cloud: the environment for a shell, and a few things to try. */
export function instructions({ environment, nameServers, portOffset }: CloudReady): string {
  const exports = Object.entries(environment).flatMap(([key, value]) =>
    HIDDEN.has(key) ? [] : [`export ${key}='${value}'`],
  );
  const [{ address, port }] = nameServers as [{ address: string; port: number }];
  const cli = environment.PATH!.split(":")[0];
  return `The rehearsal cloud runs; Ctrl-C ends it. AWS's port N is port N + ${portOffset} here (HTTPS ${443 + portOffset}, HTTP ${80 + portOffset}, DNS ${53 + portOffset}).

In another shell:

${exports.join("\n")}
export PATH='${cli}':"$PATH"

Then, for example:

pulumi stack init rehearsal && pulumi up --stack rehearsal
npm run push -- users:v1
npm run deploy -- --stack rehearsal users=v1
curl -i https://users.rehearsal.test/healthz
npm run fault -- errorsAfter service=users share=0.05; npm run fault -- clear
dig @${address} -p ${port} users.rehearsal.test

Name servers: ${nameServers.map((server) => `${server.address}:${server.port}`).join(" ")}
Load balancers: \`dig\` their names; curl finds them through HTTPS_PROXY, under their production names and ports.`;
}
