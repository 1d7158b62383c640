/**
 * The floor plan as rules: who may import whom (docs/architecture.md has the picture). `npm run layers` checks them, as part of `make check`.
 * In each list a folder may import from those above it, never from those below, and not from its neighbours in the same line.
 */
const AUTOMATION = [
  ["core"],
  ["ports"],
  ["observe", "aws", "store", "stack", "pulumi-cli"],
  ["tasks"],
  ["deploy"],
  ["preview"],
  ["output"],
  ["status", "logs", "exec", "page", "notify", "doctor", "github", "add", "init", "upgrade", "settings"],
  ["first-contact"],
  ["commands"],
];
const COMPONENTS = [
  ["core"],
  ["settings"],
  ["live"],
  ["storage", "network", "security"],
  ["edge", "database"],
  ["service"],
  ["program"],
];
const CLOUD = [
  ["kernel"],
  ["protocols", "provider", "processes"],
  ["data-plane", "faults"],
  ["services"],
  ["refusals"],
  ["api"],
];
const REHEARSAL = [
  ["traffic"],
  ["language-host", "awsx"],
  ["cloud"],
  ["images"],
  ["environment"],
  ["report", "prove"],
  ["live-page", "chaos"],
  ["fault-matrix"],
];
/** Within one area a lower part must not know a higher one. */
const PAGE = [["kit"], ["deploy"]];

/** @returns one rule for each folder that has folders which it must not import */
function layers(area, rows, reason) {
  return rows.flatMap((row, index) =>
    row.flatMap((folder) => {
      const forbidden = [...row.filter((other) => other !== folder), ...rows.slice(index + 1).flat()];
      if (forbidden.length === 0) return [];
      return {
        name: `${area}/${folder}`,
        severity: "error",
        comment: `${area}/${folder} must not import ${forbidden.join(", ")}: ${reason}`,
        from: { path: `^${area}/${folder}/` },
        to: { path: `^${area}/(${forbidden.join("|")})/` },
      };
    }),
  );
}

/** @returns a rule that keeps an area from importing others */
function apart(from, to, comment) {
  return {
    name: `${from} knows no ${to}`,
    severity: "error",
    comment,
    from: { path: `^(${from})/` },
    to: { path: `^(${to})/` },
  };
}

module.exports = {
  forbidden: [
    {
      name: "no-circular",
      severity: "error",
      comment: "Two files that import each other are one file, or one of them has something that belongs below both.",
      from: {},
      to: { circular: true },
    },
    apart(
      "components",
      "automation|rehearsal|policy|test",
      "The program declares what exists. It knows nothing of deploys or rehearsals.",
    ),
    apart(
      "automation",
      "rehearsal|policy|test",
      "Deploys run on AWS. Only the rehearsal knows that AWS can be played.",
    ),
    apart("rehearsal", "policy|test|bench", "A rehearsal plays AWS for the program and its deploys."),
    apart("policy", "automation|rehearsal|test", "Policies judge what the program declares."),
    apart(
      "services|templates",
      "components|automation|rehearsal|policy",
      "A service is an image of its own: nothing of this project is in it.",
    ),
    {
      name: "no development package in production",
      severity: "error",
      comment: "Program and deploys run where only `dependencies` of package.json are installed.",
      from: { path: "^(automation|components)/|^index\\.ts$" },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
    },
    {
      name: "cli on top",
      severity: "error",
      comment: "Commands are composed at the top. What is below must not load them.",
      from: { path: "^automation/", pathNot: "^automation/(cli\\.ts|commands/)" },
      to: { path: "^automation/(cli\\.ts|commands/)" },
    },
    ...layers(
      "automation",
      AUTOMATION,
      "core and ports are contracts, adapters stand on them, the deploy on both, and people's views on the deploy",
    ),
    ...layers(
      "components",
      COMPONENTS,
      "settings and live state are read before anything is declared, and a service stands on network, edge and security",
    ),
    ...layers(
      "rehearsal",
      REHEARSAL,
      "an environment brings cloud, images and traffic together, and what analyses or disturbs it stands on that",
    ),
    ...layers(
      "rehearsal/cloud",
      CLOUD,
      "a service of the cloud stands on kernel, provider and data plane, and the API stands on all services",
    ),
    ...layers("automation/page", PAGE, "the kit draws any page: the rehearsal's report uses it, too"),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["require", "node", "default"] },
  },
};
