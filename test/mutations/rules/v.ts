import type { Proofs } from "../mutation";

export const V: Proofs = {};
