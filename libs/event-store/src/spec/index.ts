export * from './contract.js';
export * from './driver.js';
export * from './golden.js';
export * from './key-ring.js';
