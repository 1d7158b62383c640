/** Returns the items in their order, in parts of so many at most: as many as one call takes. */
export function batchesOf<Item>(items: readonly Item[], most: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / most) }, (_, place) =>
    items.slice(place * most, (place + 1) * most),
  );
}
