export * from './contract.js';
export * from './driver.js';
