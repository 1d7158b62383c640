import type { Proofs } from "../mutation";

export const W: Proofs = {};
