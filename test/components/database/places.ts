import type * as pulumi from "@pulumi/pulumi";
import { type FixedPlace, PLACES_FILE } from "../../../components/database/function/fixed-places";
import { inputs } from "../declared";
import type { World } from "../world";

/** The places that the code of a function has. */
export async function placesOf(world: World, name: string): Promise<FixedPlace[]> {
  const { code } = inputs(world, name, "aws:lambda/function:Function");
  const assets = await (code as pulumi.asset.AssetArchive).assets;
  return JSON.parse(await (assets[PLACES_FILE] as pulumi.asset.StringAsset).text);
}
