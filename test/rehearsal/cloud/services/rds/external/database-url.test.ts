import { expect } from "chai";
import {
  accessOf,
  firstConnection,
  placeOf,
} from "../../../../../../rehearsal/cloud/services/rds/external/database-url";

const OTHERWISE = "or no DATABASE_URL: the rehearsal then has servers of its own";
const EXAMPLE = "postgres://user:password@127.0.0.1:5432/postgres";

describe("rehearsal/cloud/services/rds/external/database-url", () => {
  it("reads host, port, user, password and database", () => {
    expect(accessOf("postgres://me:p%40ss@db:6000/shop?sslmode=disable&schema=public")).to.deep.equal({
      ...{ host: "db", port: 6000, user: "me", password: "p@ss", database: "shop" },
    });
    expect(accessOf("postgresql://me@[::1]")).to.deep.equal({
      ...{ host: "::1", port: 5432, user: "me", password: "", database: "postgres" },
    });
    expect(placeOf({ host: "::1", port: 5432 })).to.equal("[::1]:5432");
  });

  const refused: [what: string, url: string, given: string, wanted: string][] = [
    ["no URL", "hidden@127.0.0.1", "something else than a URL", `${EXAMPLE}, with special characters as %40`],
    [
      "a port that is none",
      "postgres://me:hidden@h:1x/",
      "something else than a URL",
      `${EXAMPLE}, with special characters as %40`,
    ],
    ["another database", "mysql://me:hidden@127.0.0.1/db", "a URL with the scheme mysql", EXAMPLE],
    ["a socket's folder", "postgres:///db?host=/run&password=hidden", "a URL without a host", EXAMPLE],
    ["nobody", "postgres://127.0.0.1/hidden", "a URL without a user", EXAMPLE],
    [
      "a lone %",
      "postgres://me:hidden%@127.0.0.1/",
      "a URL with a % that no character follows",
      `${EXAMPLE}, with % itself as %25`,
    ],
    [
      "TLS",
      "postgres://me:hidden@127.0.0.1/?sslmode=require",
      "sslmode=require",
      "a server that is reached without TLS (sslmode=disable)",
    ],
  ];
  for (const [what, url, given, wanted] of refused)
    it(`refuses ${what} without a word of the password`, () =>
      expect(() => accessOf(url)).to.throw(`DATABASE_URL: given ${given}, wanted ${wanted}, ${OTHERWISE}`));

  const failed: [what: string, url: string, line: string][] = [
    [
      "a server behind the internet",
      "postgres://me:hidden@192.0.2.1:1/",
      "given the host 192.0.2.1 with the address 192.0.2.1, wanted a server of this machine or of a private network, because it is reached without TLS",
    ],
    [
      "a name without an address",
      "postgres://me:hidden@none.invalid/",
      "given the host none.invalid, which has no address, wanted one that this machine resolves",
    ],
    [
      "a place where nobody listens",
      "postgres://me:hidden@127.0.0.1:1/",
      "given 127.0.0.1:1, where nothing listens, wanted a server that runs",
    ],
  ];
  for (const [what, url, line] of failed)
    it(`refuses ${what}`, async () => {
      const error = await firstConnection(accessOf(url)).catch((caught: Error) => caught);
      expect((error as Error).message).to.equal(`DATABASE_URL: ${line}, ${OTHERWISE}`);
    });
});
