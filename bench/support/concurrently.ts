/** Does `work` for 0 to `count` - 1, so many at once; resolves with how many were done per second. */
export const concurrently = async (
  count: number,
  atOnce: number,
  work: (number: number) => Promise<unknown>,
): Promise<number> => {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let number = next++; number < count; number = next++) await work(number);
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: atOnce }, worker));
  return (count * 1_000) / (performance.now() - startedAt);
};

/** `first` then `second`, or in the other order in every second round: neither is always the warmer. */
export const inTurn = async (
  round: number,
  first: () => Promise<void>,
  second: () => Promise<void>,
): Promise<void> => {
  if (round % 2 === 0) await first();
  await second();
  if (round % 2 === 1) await first();
};
