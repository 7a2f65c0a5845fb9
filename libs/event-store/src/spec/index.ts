export * from './contract.js';
export * from './driver.js';
export * from './golden.js';
export * from './key-ring.js';
export type * from './opened-store.js';
