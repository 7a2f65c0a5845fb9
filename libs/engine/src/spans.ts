/** Where a fact stands. */
export type Place = { readonly stream: string; readonly revision: bigint };

/** Revisions of a stream that are read together, both ends included. */
export type Span = { readonly stream: string; readonly from: bigint; readonly to: bigint };

/** What to read for all of the places, and nothing else: those that follow each other together. */
export const spansOf = (places: readonly Place[]): readonly Span[] => {
  const revisions = new Map<string, bigint[]>();
  for (const { stream, revision } of places) {
    const known = revisions.get(stream);
    if (known) known.push(revision);
    else revisions.set(stream, [revision]);
  }
  return [...revisions].flatMap(([stream, all]) => spansOfStream(stream, all));
};

const spansOfStream = (stream: string, revisions: readonly bigint[]): readonly Span[] => {
  const spans: { stream: string; from: bigint; to: bigint }[] = [];
  for (const revision of revisions.toSorted((a, b) => (a < b ? -1 : 1))) {
    const last = spans.at(-1);
    if (last !== undefined && revision - last.to <= 1n) last.to = revision;
    else spans.push({ stream, from: revision, to: revision });
  }
  return spans;
};
