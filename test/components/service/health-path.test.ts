import { expect } from "chai";
import { COLOURS } from "../../../components/core/colour-name";
import { configurationOf, configurationText } from "../../../components/live/configuration";
import type { LiveService } from "../../../components/live/live";
import type { StackState } from "../../../components/live/outputs";
import { configurationOfRelease, type Release } from "../../../components/live/release";
import { knownImages } from "../../../components/live/sidecars";
import { parseSettings } from "../../../components/settings/settings";
import { differences, inputs, names, TARGET_GROUP } from "../declared";
import { declare, V1, type World } from "../world";

const USERS = { kind: "api", exposure: ["public", "internal"], hosts: ["www.example.jp"], paths: ["/old", "/new"] };

/** A release that was deployed with this health path. */
function release(path: string, more: object = {}): Release {
  const { services } = parseSettings({
    domain: "example.jp",
    services: { users: { ...USERS, ...more, healthCheck: { path } } },
  });
  const configuration = configurationOf(services.users!, () => ({ version: "1" }), knownImages({}));
  return { ...V1, configuration: configurationText(configuration) };
}

const live = (blue: Release | null, green: Release | null, active: LiveService["active"] = "blue"): LiveService => ({
  active,
  colours: { blue: { release: blue, size: blue ? 2 : 0 }, green: { release: green, size: 0 } },
});

const declared = (service: LiveService, healthCheck: object, more: object = {}, last: Partial<StackState> = {}) =>
  declare({ services: { users: service }, settings: { users: { ...USERS, healthCheck, ...more } }, last });

/** What each colour is asked for, on both load balancers of both edges. */
function paths(world: World): Record<"blue" | "green", string[]> {
  const of = (colour: string) =>
    names(world, TARGET_GROUP)
      .filter((name) => name.includes(`-${colour}-at-`))
      .map((name) => (inputs(world, name, TARGET_GROUP).healthCheck as { path: string }).path);
  return { blue: [...new Set(of("blue"))], green: [...new Set(of("green"))] };
}

describe("the health path", () => {
  it("that a colour is asked for is that of its release, whatever the settings say", async () => {
    const service = live(release("/old"), release("/new"));
    const world = await declared(service, { path: "/other" });
    expect(paths(world)).to.deep.equal({ blue: ["/old"], green: ["/new"] });
    expect(differences(await declared(service, { path: "/old" }), world)).to.deep.equal([]);
  });

  it("without a release is that of the settings", async () => {
    const world = await declared(live(null, null), { path: "/other" });
    expect(paths(world)).to.deep.equal({ blue: ["/other"], green: ["/other"] });
  });

  it("of a release that an older program deployed stays what it was asked for, whether it runs or was retired", async () => {
    const { healthCheck: _, ...recorded } = configurationOfRelease(release("/old"))!;
    const older = { ...V1, configuration: configurationText(recorded) };
    for (const former of [V1, older]) {
      const { outputs } = await declared(live(former, former), { path: "/old" });
      // As a program wrote them that asked both colours the same.
      for (const colour of COLOURS) delete outputs.services.users!.colours[colour].healthCheckPath;
      const after = async (service: LiveService) => paths(await declared(service, { path: "/new" }, {}, outputs));
      expect(await after(live(former, former))).to.deep.equal({ blue: ["/old"], green: ["/old"] });
    }
  });

  it("comes with a release, and how often it is asked for with the settings", async () => {
    const service = live(release("/old"), release("/old"));
    const [before, after] = [
      await declared(service, { path: "/old" }),
      await declared(service, { path: "/new", intervalSeconds: 20 }),
    ];
    expect(differences(before, after)).to.deep.equal(
      names(before, TARGET_GROUP).map((name) => `${TARGET_GROUP} ${name}`),
    );
    expect(inputs(after, "users-blue-at-blue", TARGET_GROUP).healthCheck).to.deep.include({
      path: "/old",
      interval: 20,
    });
  });

  it("of a release from before the service spoke gRPC is not asked for: it is no method", async () => {
    const stopped: LiveService = {
      active: "green",
      colours: { blue: { release: release("/old"), size: 0 }, green: { release: null, size: 0 } },
    };
    const world = await declared(stopped, {}, { protocol: "grpc" });
    expect(paths(world).blue).to.deep.equal(["/grpc.health.v1.Health/Check"]);
  });

  it("is told to the deploy of each colour, and on own hosts that of the active one", async () => {
    const outputs = async (active: LiveService["active"]) =>
      (await declared(live(release("/old"), release("/new"), active), { path: "/other" })).outputs.services.users!;
    const { colours, healthCheckPath, exposures } = await outputs("blue");
    expect([colours.blue.healthCheckPath, colours.green.healthCheckPath]).to.deep.equal(["/old", "/new"]);
    expect(healthCheckPath).to.equal("/other");
    const urls = (hosts: typeof exposures) =>
      hosts.public!.hosts!.flatMap(({ healthCheckUrl }) => healthCheckUrl ?? []);
    expect(urls(exposures)).to.deep.equal(["https://www.example.jp/old"]);
    expect(urls((await outputs("green")).exposures)).to.deep.equal(["https://www.example.jp/new"]);
  });
});
