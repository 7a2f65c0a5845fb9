type Closable = { readonly close: () => Promise<void> };

/** Both of them, or, when one cannot be opened, neither: throws what stood in its way. */
export const opening = async <One extends Closable, Other extends Closable>(
  one: Promise<One>,
  other: Promise<Other>,
): Promise<readonly [One, Other]> => {
  const settled = await Promise.allSettled([one, other]);
  const [first, second] = settled;
  if (first.status === 'fulfilled' && second.status === 'fulfilled')
    return [first.value, second.value];
  for (const each of settled) if (each.status === 'fulfilled') await each.value.close();
  throw settled.find((each) => each.status === 'rejected')?.reason;
};

export const closing =
  (...things: readonly Closable[]) =>
  async (): Promise<void> => {
    await Promise.all(things.map((thing) => thing.close()));
  };
