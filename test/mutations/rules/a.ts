import type { Proofs } from "../mutation";

export const A: Proofs = {};
