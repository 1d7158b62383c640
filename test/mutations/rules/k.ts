import type { Proofs } from "../mutation";

export const K: Proofs = {};
