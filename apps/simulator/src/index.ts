export type { MovableClock, SimulatedNumber, SimulatorOptions } from './options.js';
export { createSimulator, type Simulator } from './simulator.js';
export { keptClock, type KeptClock } from './state-file.js';
