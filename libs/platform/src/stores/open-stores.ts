import { openEmbeddedStores } from './embedded-stores.js';
import type { OpeningStores, Stores } from './stores.js';

/** The stores that the configuration names. The clients of others are loaded by need: they are large. */
export const openStores = async (opening: OpeningStores): Promise<Stores> => {
  const { stores } = opening.config;
  if (stores === null) return openEmbeddedStores(opening);
  const { openExternalStores } = await import('./external-stores.js');
  return openExternalStores(stores, opening);
};
