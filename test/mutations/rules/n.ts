import type { Proofs } from "../mutation";

export const N: Proofs = {};
