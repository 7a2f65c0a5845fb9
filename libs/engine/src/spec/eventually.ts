const TURN_MS = 2;
const TURNS_MAX = 5_000;

/** Waits until something is so: for specs of what happens by itself. Throws after ten seconds. */
export const eventually = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, TURN_MS));
  }
  throw new Error('it has not come to be so');
};
