import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { z } from "zod";
import { SettingsSchema } from "../../../components/settings/schema";
import { parseSettings, type Settings, settingsOf } from "../../../components/settings/settings";
import { settingsJsonSchema } from "./json-schema";

const ROOT = join(__dirname, "../../..");
const EXAMPLE = join(ROOT, "docs/settings.example.yaml");
const JSON_SCHEMA = join(ROOT, "docs/settings.schema.json");
const FILES = ["docs/settings.example.yaml", "Pulumi.prod.yaml", "Pulumi.rehearsal.yaml"];

type Values = Record<string, unknown>;

/** The settings of an existing network, which stand as comments in the example: they exclude those of a new one. */
const ALTERNATIVES = ["vpc", "publicSubnets", "privateSubnets"];

/** The settings of an existing database that stand there as comments: they exclude others, or are long. */
const COMMENTED = ["databases.*.existing.cidr", "databases.*.existing.certificates"];

const contentOf = (file: string) => parse(readFileSync(join(ROOT, file), "utf8")) as { config: Values };
const settingsIn = (file: string): Settings => parseSettings(settingsOf(contentOf(file).config));

interface Key {
  path: string[];
  /** Undefined if the key has none, or if it is computed from other settings. */
  default: unknown;
}

/** All keys that settings may have, without former names, and with `*` for those that users choose. */
function keysOf(schema: z.core.$ZodType, path: string[] = []): Key[] {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    return keysOf(schema.unwrap(), path);
  }
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => keysOf(option, path));
  if (schema instanceof z.ZodArray) return keysOf(schema.element, [...path, "*"]);
  if (schema instanceof z.ZodRecord) return keysOf(schema.valueType, [...path, "*"]);
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape as Record<string, z.ZodType>).flatMap(([name, value]) => {
    if (value.meta()?.deprecated) return [];
    const key = [...path, name];
    return [
      { path: key, default: value instanceof z.ZodDefault ? value.def.defaultValue : undefined },
      ...keysOf(value, key),
    ];
  });
}

/** Values at a path: several if it has a `*`. */
function valuesAt(value: unknown, [key, ...rest]: readonly string[]): unknown[] {
  if (key === undefined) return [value];
  if (typeof value !== "object" || value === null) return [];
  const inner = key === "*" ? Object.values(value) : Object.hasOwn(value, key) ? [(value as Values)[key]] : [];
  return inner.flatMap((each) => valuesAt(each, rest));
}

describe("settings' schema", () => {
  const keys = keysOf(SettingsSchema);

  it("has keys on every level (otherwise the tests below check nothing)", () => {
    const paths = keys.map(({ path }) => path.join("."));
    expect(paths).to.include.members([
      "domain",
      "network.nat",
      "services.*.size.targetCpuPercent",
      "services.*.queue.maxReceiveCount",
      "services.*.iam.*.actions",
    ]);
    expect(keys).to.deep.include({ path: ["services", "*", "port"], default: 8080 });
  });

  for (const file of FILES) {
    it(`takes ${file}`, () => {
      expect(settingsIn(file).services.users?.test).to.contain("services/users/deploy-test");
    });
  }

  it("is in docs/settings.example.yaml, key by key", () => {
    const example = settingsOf(contentOf("docs/settings.example.yaml").config);
    const isThere = ({ path }: Key) =>
      (path[0] !== "network" || !ALTERNATIVES.includes(path[1]!)) && !COMMENTED.includes(path.join("."));
    for (const { path } of keys.filter(isThere)) expect(valuesAt(example, path), path.join(".")).to.not.be.empty;
  });

  it("is in docs/settings.example.yaml with the network and the certificates of an existing database", () => {
    const existing = /^ {6}existing: .*\n((?: {8}.*\n)+)/m;
    const [, lines = ""] = existing.exec(readFileSync(EXAMPLE, "utf8"))!;
    for (const path of COMMENTED) expect(lines).to.match(new RegExp(`^ +# ${path.split(".").at(-1)}: `, "m"));
  });

  it("is in docs/settings.example.yaml with an existing network instead of a new one", () => {
    const network = /^ {2}aoshingo:network:\n((?: {4}.*\n)+)/m;
    const [, lines = ""] = network.exec(readFileSync(EXAMPLE, "utf8"))!;
    const commented = [...lines.matchAll(/^ {4}# (\w+: .*\n)/gm)].map(([, line]) => line!);
    const { config } = parse(`config:\n  aoshingo:network:\n${commented.map((line) => `    ${line}`).join("")}`) as {
      config: Values;
    };
    const example = settingsOf({ ...contentOf("docs/settings.example.yaml").config, ...config });
    expect(Object.keys(parseSettings(example).network)).to.deep.equal(ALTERNATIVES);
  });

  it("has the defaults that docs/settings.example.yaml says", () => {
    const lines = readFileSync(EXAMPLE, "utf8").split("\n");
    for (const { path, default: value } of keys) {
      if (value === undefined || typeof value === "object") continue;
      const said = lines.filter((line) =>
        new RegExp(`^ *(aoshingo:)?${path.at(-1)}: .*# default: ${value}(;|$)`).test(line),
      );
      if (path.join(".") === "services.*.size") expect(lines.join("\n")).to.include("`size: 2`, which is the default");
      else {
        // A service and a sidecar may have the same key with the same default.
        const alike = keys.filter((key) => key.path.at(-1) === path.at(-1) && key.default === value);
        expect(said, path.join(".")).to.have.lengthOf(alike.length);
      }
    }
  });

  it("is followed by each line of docs/settings.example.yaml that says `default`", () => {
    const said = readFileSync(EXAMPLE, "utf8").matchAll(/^ *(?:aoshingo:)?(\w+): .*# default: ([^;\n]+?)(?:;.*)?$/gm);
    for (const [, name, value] of said) {
      if (name === "exposure" || name === "internalPort") continue;
      const given = keys.filter(({ path }) => path.at(-1) === name).map((key) => String(key.default));
      expect(given, name).to.include(value);
    }
  });

  it("makes Pulumi.prod.yaml the core and a prototype", () => {
    const { services } = settingsIn("Pulumi.prod.yaml");
    expect(Object.keys(services)).to.deep.equal(["users", "mailer", "doodle"]);
    expect(services.users).to.deep.include({ kind: "api", exposure: ["public", "internal"] });
    expect(services.mailer).to.deep.include({ kind: "worker", exposure: [] });
    expect(services.doodle).to.deep.include({ exposure: ["public"], calls: ["users"], sends: ["mailer"] });
  });
});

describe("docs/settings.schema.json", () => {
  const editor = () => z.fromJSONSchema(JSON.parse(readFileSync(JSON_SCHEMA, "utf8")));

  it("is generated from the schema of the settings (UPDATE_DOCS=1 writes it)", async () => {
    const schema = settingsJsonSchema();
    if (process.env.UPDATE_DOCS) await writeFile(JSON_SCHEMA, schema);
    expect(await readFile(JSON_SCHEMA, "utf8")).to.equal(schema);
  });

  for (const file of FILES) {
    it(`takes ${file}`, () => {
      expect(editor().safeParse(contentOf(file)).error?.issues ?? []).to.deep.equal([]);
    });
  }

  for (const file of FILES.filter((each) => each !== "Pulumi.rehearsal.yaml")) {
    it(`is named by ${file}, as seen from there`, () => {
      const [, path] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(readFileSync(join(ROOT, file), "utf8")) ?? [];
      expect(join(ROOT, file, "..", path ?? "")).to.equal(JSON_SCHEMA);
    });
  }

  const users = { kind: "api" };
  const wrong: [string, Values][] = [
    ["an unknown setting", { "aoshingo:cutOver": "dns" }],
    ["an unknown setting of a service", { "aoshingo:services": { users: { ...users, prot: 80 } } }],
    ["an unknown setting of a queue", { "aoshingo:services": { mailer: { kind: "worker", queue: { seconds: 1 } } } }],
    ["a service without kind", { "aoshingo:services": { users: {} } }],
    ["a name in capitals", { "aoshingo:services": { Users: users } }],
    ["a variable with a hyphen", { "aoshingo:services": { users: { ...users, env: { "A-B": "1" } } } }],
    ["a size of 0", { "aoshingo:services": { users: { ...users, size: 0 } } }],
    ["no domain", { "aoshingo:domain": undefined }],
  ];
  for (const [what, values] of wrong) {
    it(`refuses ${what}`, () => {
      const config = { "aoshingo:domain": "example.jp", "aoshingo:services": { users }, ...values };
      const given = JSON.parse(JSON.stringify({ config }));
      expect(editor().safeParse(given).success).to.equal(false);
    });
  }

  it("ignores keys of other namespaces", () => {
    const config = {
      "aws:region": "x",
      "aoshingo:domain": "example.jp",
      "aoshingo:services": { users },
      "aoshingo:live": {},
    };
    expect(editor().safeParse({ config, encryptionsalt: "v1" }).success).to.equal(true);
  });
});
