import { expect } from "chai";
import { findSetting, isRelated } from "../../../automation/settings/find-setting";
import { pathText, settingTree } from "../../../automation/settings/setting-tree";

const TREE = settingTree();

describe("findSetting", () => {
  const found: [asked: string, path: string, setting?: string][] = [
    ["deploy.bakeSeconds", "deploy.bakeSeconds"],
    ["aoshingo:deploy.bakeSeconds", "deploy.bakeSeconds"],
    ["services.users.size", "services.users.size", "services.*.size"],
    ["services.*.streams", "services.*.streams"],
    ["databases.main.multiZone", "databases.main.multiZone", "databases.*.multiZone"],
    ["deploy", "deploy"],
    ["services.users", "services.users", "services"],
    ["services.users.env.LOG_LEVEL", "services.users.env.LOG_LEVEL", "services.*.env"],
    ["services.size", "services.*.size"],
    ["services.users.size.schedule.from", "services.users.size.schedule.*.from", "services.*.size.schedule.*.from"],
    ["freeze.0.zone", "freeze.0.zone", "freeze.*.zone"],
    ["bakeSeconds", "deploy.bakeSeconds"],
    ["size.min", "services.*.size.min"],
    ["queue.maxReceiveCount", "services.*.queue.maxReceiveCount"],
    // At the top there is one of this name, whatever ends like that below.
    ["domain", "domain"],
    ["reaches", "services.*.reaches"],
    ["services.users.reaches", "services.users.reaches", "services.*.reaches"],
  ];
  for (const [asked, path, setting = path] of found)
    it(`finds ${asked}`, () => {
      const one = findSetting(asked, TREE);
      expect(pathText(one.path)).to.equal(path);
      expect(pathText(one.setting.path)).to.equal(setting);
    });

  const wrong: [asked: string, message: string][] = [
    ["deploy.bakeSecnds", "deploy.bakeSecnds: no such setting, wanted deploy.bakeSeconds"],
    ["bakeSecnds", "bakeSecnds: no such setting, wanted deploy.bakeSeconds"],
    ["depoly", "depoly: no such setting, wanted deploy"],
    ["services.users.prot", "services.users.prot: no such setting, wanted services.*.port"],
    ["deploy.ramp.x.y", "deploy.ramp.x.y: no such setting, wanted one of those that `npx aoshingo explain` lists"],
    ["nothingLikeThis", "nothingLikeThis: no such setting, wanted one of those that `npx aoshingo explain` lists"],
    [
      "timeZone",
      "timeZone: several settings end like that, wanted one of services.*.timeZone, services.*.size.timeZone",
    ],
  ];
  for (const [asked, message] of wrong)
    it(`says in one line what is wrong with ${asked}`, () => {
      expect(() => findSetting(asked, TREE)).to.throw(message);
    });
});

describe("isRelated", () => {
  const cases: [string, string, boolean][] = [
    ["services.users.size", "services.*.size", true],
    ["services.users.size", "services", true],
    ["services.users", "services.*.size", true],
    ["services.users.size", "services.users.cpu", false],
    ["services.users.size", "services.doodle", false],
  ];
  for (const [one, other, is] of cases)
    it(`is ${is} for ${one} and ${other}`, () => {
      expect(isRelated(one.split("."), other.split("."))).to.equal(is);
      expect(isRelated(other.split("."), one.split("."))).to.equal(is);
    });
});
