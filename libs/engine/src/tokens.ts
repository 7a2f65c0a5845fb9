/** What the business libs ask Nest for; the apps provide it. */
export const DECIDES = Symbol('Decides');
export const CLOCK = Symbol('Clock');
export const CHANCE = Symbol('Chance');
export const TIMER = Symbol('Timer');
export const FINGERPRINTS = Symbol('Fingerprints');
export const HISTORY = Symbol('History');
export const LIVE_TAIL = Symbol('LiveTail');
export const RECORD = Symbol('Record');
