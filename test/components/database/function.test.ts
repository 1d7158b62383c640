import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { TLSSocket } from "node:tls";
import type * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { Client } from "pg";
import type { FixedPlace } from "../../../components/database/function/fixed-places";
import { functionCode } from "../../../components/database/function-code";
import { Authority } from "../../../rehearsal/cloud/services/acm/model/authority";
import { type Files, unpack } from "../../../rehearsal/cloud/services/lambda/model/code";
import { invokeInProcess } from "../../../rehearsal/cloud/services/lambda/model/function-process";
import type { EmbeddedServer } from "../../../rehearsal/cloud/services/rds/model/embedded-server";
import { AwsServer } from "../../automation/aws/server";
import { HOST, MASTER, startMainDatabase } from "./main-database";

const TIMEOUT_MS = 30_000;
const SDK = "@aws-sdk/client-secrets-manager";
const MAKES_USERS = "index.handler";
const OBSERVES = "observe.handler";
const WATCHING = { application: "migrate", watchesLocks: false };

/** The functions' real code as the program archives it, on a real server and beside one of somebody who wants passwords. */
describe("the functions of databases", () => {
  let directory: string;
  let server: EmbeddedServer;
  let aws: AwsServer;
  let thief: Thief;
  let place: FixedPlace;
  /** In a database that was there before, in which others have rights. */
  let existing: FixedPlace;
  /** Values of secrets, by ARN. */
  let values: Record<string, string>;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "aoshingo-functions-"));
    const authority = await Authority.create();
    server = await startMainDatabase(directory, authority);
    thief = await Thief.open();
    place = {
      of: { service: "users", database: "main" },
      ...{ host: HOST, port: server.port, database: "main", user: "users", certificates: authority.pem },
      ...{ secret: "arn:users", masterSecret: "arn:master" },
    };
    existing = {
      ...place,
      ...{ of: { service: "orders", database: "shop" }, user: "orders", secret: "arn:orders" },
      existing: { path: "aoshingo:databases.shop.existing", owner: "shop/prod/orders", group: "sg-1" },
    };
    unpack(await filesOf(functionCode([place, existing])), join(directory, "code"));
    aws = await AwsServer.open();
    values = { "arn:master": JSON.stringify(MASTER) };
    aws.replies = {
      GetSecretValue: ({ SecretId }) =>
        String(SecretId) in values ? { SecretString: values[String(SecretId)] } : "!ResourceNotFoundException",
      PutSecretValue: ({ SecretId, SecretString }) => {
        values[String(SecretId)] = String(SecretString);
        return {};
      },
    };
  });
  after(async () => {
    await aws?.close();
    thief?.close();
    await server?.remove();
    await rm(directory, { recursive: true, force: true });
  });

  async function invoke(handler: string, request: object) {
    const { payload, isError } = await invokeInProcess({
      directory: join(directory, "code"),
      ...{ handler, payload: JSON.stringify(request), routes: [], timeoutMs: TIMEOUT_MS, onLine: () => {} },
      environment: {
        ...{ AWS_REGION: "ap-northeast-1", AWS_ENDPOINT_URL: process.env.AWS_ENDPOINT_URL! },
        ...{ AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" },
        NODE_PATH: require.resolve.paths(SDK)!.join(delimiter),
      },
    });
    return { isError, answer: JSON.parse(payload) };
  }

  it("make a user and look at a schema by the names of a service and a database alone", async () => {
    expect(await invoke(MAKES_USERS, place.of)).to.deep.equal({
      isError: false,
      answer: { user: "users", certificates: place.certificates },
    });
    expect(values["arn:users"]).to.match(/^[\w-]{40}$/);
    expect(await invoke(OBSERVES, { ...place.of, ...WATCHING })).to.deep.equal({
      isError: false,
      answer: { schema: {}, locks: [] },
    });
  });

  it("run nothing of others as the master user", async () => {
    const as = async (user: string, password: string, ...statements: string[]) => {
      const client = new Client({
        ...{ host: HOST, port: server.port, database: "main", user, password },
        ssl: { rejectUnauthorized: false },
      });
      await client.connect();
      try {
        return (await client.query(statements.join(";"))).rows as unknown;
      } finally {
        await client.end();
      }
    };
    const asMaster = (...statements: string[]) => as(MASTER.username, MASTER.password, ...statements);
    await asMaster(
      "CREATE ROLE seller LOGIN PASSWORD 'p'",
      "GRANT CONNECT ON DATABASE main TO seller",
      "GRANT CREATE ON SCHEMA public TO seller",
    );
    // Each fits what is asked better than PostgreSQL's own function of that name.
    const traps = [
      ["has_database_privilege(name, text)", "boolean", "true"],
      ["has_database_privilege(name, name, text)", "boolean", "true"],
      ["pg_advisory_lock(text)", "text", "''"],
    ] as const;
    await as(
      ...(["seller", "p", "CREATE TABLE caught (who name)", "GRANT INSERT, SELECT ON caught TO PUBLIC"] as const),
      ...traps.map(
        ([name, type, value]) =>
          `CREATE FUNCTION public.${name} RETURNS ${type} LANGUAGE sql AS $$ INSERT INTO public.caught VALUES (current_user); SELECT ${value} $$`,
      ),
    );
    expect((await invoke(MAKES_USERS, existing.of)).isError).to.equal(false);
    expect((await invoke(MAKES_USERS, place.of)).isError).to.equal(false);
    expect(await asMaster("SELECT DISTINCT who FROM public.caught")).to.deep.equal([]);
  });

  describe("that are asked by somebody who wants a password", () => {
    let elsewhere: object;
    before(() => {
      elsewhere = { host: HOST, port: thief.port, user: "users", certificates: thief.certificates };
    });
    beforeEach(() => {
      values["arn:users"] ??= "of users";
      aws.asked.length = 0;
    });

    for (const handler of [MAKES_USERS, OBSERVES]) {
      for (const secret of ["secret", "masterSecret"])
        it(`${handler} sends none to a server that the request names, with the ARN of the ${secret}`, async () => {
          const arn = secret === "secret" ? "arn:users" : "arn:master";
          const { isError, answer } = await invoke(handler, {
            ...{ ...elsewhere, ...WATCHING, database: "main", secret: arn, masterSecret: "arn:master" },
          });
          expect(thief.passwords).to.deep.equal([]);
          expect(thief.connections).to.equal(0);
          expect(aws.asked).to.deep.equal([]);
          expect(isError).to.equal(true);
          expect(answer.errorMessage).to.equal(
            'given the service undefined and the database "main", wanted two that the last `pulumi up` has made a user for',
          );
        });

      it(`${handler} takes nothing of a place beside the names of one that there is`, async () => {
        const more = { secret: "arn:others", masterSecret: "arn:others", database: "main" };
        const { isError } = await invoke(handler, { ...elsewhere, ...WATCHING, ...more, ...place.of });
        expect(isError).to.equal(false);
        expect(thief.connections).to.equal(0);
        expect(aws.asked.map(({ input }) => input.SecretId)).to.not.include("arn:others");
      });

      it(`${handler} fetches nothing from an address that the request names`, async () => {
        const certificates = `https://${HOST}:${thief.port}/`;
        await invoke(handler, { ...place, ...WATCHING, certificates });
        expect(thief.connections).to.equal(0);
      });

      for (const [what, names] of [
        ["another service", { service: "doodle", database: "main" }],
        ["another database", { service: "users", database: "reports" }],
        ["what every object has", { service: "constructor", database: "__proto__" }],
      ] as const)
        it(`${handler} refuses ${what} in one line`, async () => {
          const { isError, answer } = await invoke(handler, { ...names, ...WATCHING });
          expect(isError).to.equal(true);
          expect(answer).to.deep.equal({
            errorType: "Refused",
            errorMessage: `given the service "${names.service}" and the database "${names.database}", wanted two that the last \`pulumi up\` has made a user for`,
          });
          expect(aws.asked).to.deep.equal([]);
        });
    }
  });

  it("have code that is the same for places in another order", async () => {
    const other = { ...place, of: { service: "doodle", database: "main" } };
    expect(await filesOf(functionCode([place, other]))).to.deep.equal(await filesOf(functionCode([other, place])));
  });
});

/** An archive of the program as the engine describes it to a provider. */
async function filesOf(archive: pulumi.asset.Archive): Promise<Files> {
  const assets = await (archive as pulumi.asset.AssetArchive).assets;
  const files = await Promise.all(
    Object.entries(assets).map(async ([name, asset]): Promise<[string, Files]> => {
      const { text, path } = asset as { text?: Promise<string>; path?: Promise<string> };
      return [name, { hash: "", ...(text && { text: await text }), ...(path && { path: await path }) }];
    }),
  );
  return { hash: "", assets: Object.fromEntries(files) };
}

/** A server that says it is a PostgreSQL and asks for passwords in clear, with a certificate of an authority of its own. */
class Thief {
  readonly passwords: string[] = [];
  connections = 0;

  private constructor(
    private readonly server: Server,
    readonly port: number,
    readonly certificates: string,
  ) {}

  static async open(): Promise<Thief> {
    const authority = await Authority.create();
    const { certificate: cert, privateKey: key } = await authority.sign([HOST]);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
    const thief = new Thief(server, (server.address() as { port: number }).port, authority.pem);
    server.on("connection", (socket) => {
      thief.connections += 1;
      socket.on("error", () => {});
      socket.once("data", () => {
        socket.write("S", () => thief.#ask(socket, { cert, key }));
      });
    });
    return thief;
  }

  /** Messages of PostgreSQL's protocol: the client's startup, `R` 3 (cleartext password), and the client's `p`. */
  #ask(socket: Socket, { cert, key }: { cert: string; key: string }): void {
    const secure = new TLSSocket(socket, { isServer: true, cert, key });
    secure.on("error", () => {});
    secure.once("data", () => {
      secure.once("data", (message) => {
        this.passwords.push(message.subarray(5, -1).toString());
        secure.destroy();
      });
      secure.write(Buffer.from([..."R"].map((letter) => letter.charCodeAt(0)).concat(0, 0, 0, 8, 0, 0, 0, 3)));
    });
  }

  close(): void {
    this.server.close();
  }
}
