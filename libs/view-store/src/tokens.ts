/** What the business libs ask Nest for; the apps provide it. */
export const VIEWS = Symbol('ViewStore');
