import { expect } from "chai";
import type { Change } from "../../automation/preview/change";
import { deployPlan } from "../../automation/preview/deploy-plan";
import { previewReport } from "../../automation/preview/preview-report";
import { Scene } from "../automation/deploy/scene";
import { read } from "./documents";

const CHANGE: Change = {
  operation: "update",
  urn: "urn:pulumi:prod::aoshingo::aws:autoscaling/group:Group::users-green-instances",
  type: "aws:autoscaling/group:Group",
  name: "users-green-instances",
  service: "users",
  properties: [{ path: "minSize", from: 0, to: 2, replaces: false }],
};

describe("docs/plan.md: the example of --json has the keys that scripts find", () => {
  let scene: Scene;
  beforeEach(() => {
    scene = new Scene();
  });
  afterEach(() => scene.close());

  it("in a plan", async () => {
    const start = { ...scene.state(), progress: { ...scene.state().progress, preflight: false } };
    const { steps, ...plan } = await deployPlan(scene.context, scene.store, start, { up: async () => [CHANGE] }, []);
    const warm = steps.find(({ step }) => step === "warm");
    expect(shapeOf(exampleAfter("deploy-plan"))).to.deep.equal(shapeOf({ ...plan, steps: [warm] }));
  });

  it("in a preview", () => {
    const { settings } = scene;
    const report = previewReport({ stack: "prod", settings, outputs: null, changes: [], nextRelease: [] });
    expect(shapeOf(exampleAfter("preview-report"))).to.deep.equal(shapeOf(report));
  });
});

/** The indented block after the words that name the types. */
function exampleAfter(types: string): object {
  const [, example] = new RegExp(`${types}\\.ts\` has the types\\):\\n\\n((?: {4}.*\\n)+)`).exec(read("docs/plan.md"))!;
  return JSON.parse(example!) as object;
}

/** Keys at every depth; of a list those of its first element, if that has any. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value))
    return value
      .filter((one) => typeof one === "object")
      .slice(0, 1)
      .map(shapeOf);
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shapeOf(one)]));
}
