import { pathText } from "./setting-tree";

/** The page of `docs` about a setting and those below it. Of several entries the one with the longest path counts. */
const PAGES: Readonly<Record<string, string>> = {
  domain: "quick-start.md",
  furtherDomains: "services.md",
  services: "services.md",
  "services.*.uses": "databases.md",
  "services.*.migrate": "migrations.md",
  databases: "databases.md",
  testHeader: "services.md",
  notify: "operating.md",
  cutover: "how-a-deploy-works.md",
  network: "cost.md",
  "network.flowLogs": "security.md",
  "network.vpc": "existing-network.md",
  "network.publicSubnets": "existing-network.md",
  "network.privateSubnets": "existing-network.md",
  deploy: "how-a-deploy-works.md",
  "deploy.approve": "operating.md",
  "deploy.approveWithin": "operating.md",
  freeze: "operating.md",
  ci: "ci.md",
  containerInsights: "security.md",
  webAcl: "security.md",
  deletionProtection: "services.md",
};

/** Returns the name of the page in `docs` that says more about a setting. */
export function pageOf(path: readonly string[]): string {
  for (let length = path.length; length > 0; length -= 1) {
    const page = PAGES[pathText(path.slice(0, length))];
    if (page) return page;
  }
  throw new Error(`no page for the setting ${pathText(path)}`);
}
