import type { Proofs } from "../mutation";

const MODEL = "rehearsal/cloud/services/rds/model";
const TEST = "test/rehearsal/cloud/services/rds/provider.test.ts";
const USERS = "test/components/database/service-user.test.ts";

export const B: Proofs = {
  B1: { file: `${MODEL}/rds.ts`, code: "if (!IDENTIFIER.test(identifier))", mutated: "if (false)", test: TEST },
  B3: { file: `${MODEL}/rds.ts`, code: "if (!VERSIONS.test(engineVersion))", mutated: "if (false)", test: TEST },
  B4: {
    file: `${MODEL}/rds.ts`,
    code: "if (wantedGiB < allocatedStorage)",
    mutated: "if (false)",
    test: TEST,
  },
  B5: {
    file: `${MODEL}/rds.ts`,
    code: "if (backupRetentionPeriod > MAX_BACKUP_DAYS)",
    mutated: "if (false)",
    test: TEST,
  },
  B6: {
    file: `${MODEL}/subnet-groups.ts`,
    code: "if (new Set(subnets.map(({ availabilityZone }) => availabilityZone)).size < 2)",
    mutated: "if (false)",
    test: TEST,
  },
  B7: {
    file: `${MODEL}/instance-class.ts`,
    code: "const BYTES_OF_CONNECTION = 9_531_392;",
    mutated: "const BYTES_OF_CONNECTION = 12_582_880;",
    test: TEST,
  },
  B8: {
    file: "components/database/database.ts",
    code: "parameters: [forcedTls(database.version)],",
    mutated: "",
    test: "test/components/database/program.test.ts",
  },
  B9: {
    file: "rehearsal/cloud/services/rds/model/rds.ts",
    code: "[certificate, authority.pem]",
    mutated: "[certificate]",
    test: TEST,
  },
  B10: {
    file: "components/database/function/service-user.ts",
    code: " TO CURRENT_USER",
    mutated: " TO pg_monitor",
    test: USERS,
  },
  B11: {
    file: `${MODEL}/rds.ts`,
    code: "if (instance.settings.deletionProtection)",
    mutated: "if (false)",
    test: TEST,
  },
  B12: {
    file: `${MODEL}/rds.ts`,
    code: "await instance.server?.changeClass(instanceClass);",
    mutated: "",
    test: TEST,
  },
  B13: {
    file: "components/live/database-changes.ts",
    code: "const least = Math.ceil((had * 11) / 10);",
    mutated: "const least = had;",
    test: "test/components/live/database-changes.test.ts",
  },
  B14: {
    file: "components/settings/rules/databases.ts",
    code: "isNew && REFUSED_BY_RDS.has(name)",
    mutated: "false",
    test: "test/components/settings/rules.test.ts",
  },
  B15: {
    file: "rehearsal/cloud/services/rds/provider/parameter-group.ts",
    code: 'applyMethod === "immediate" && isStatic(family, name)',
    mutated: "false",
    test: TEST,
  },
  B16: {
    file: `${MODEL}/rds.ts`,
    code: "if (this.ports.freePlan) refuseBeyondFreePlan(settings);",
    mutated: "",
    test: "test/rehearsal/cloud/services/rds/free-plan.test.ts",
  },
  B17: {
    file: "components/database/database.ts",
    code: "        ...performanceOf(database.storageGiB),\n",
    mutated: "",
    test: "test/components/database/program.test.ts",
  },
  B18: {
    file: "components/settings/instance-class.ts",
    code: "[/^[mr](?:6gd?|7g)$/, TO_16XLARGE],",
    mutated: '[/^[mr](?:6gd?|7g)$/, [...TO_16XLARGE, "24xlarge"]],',
    test: "test/components/settings/rules.test.ts",
  },
};
