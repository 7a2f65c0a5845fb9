export const connectTimeoutMs = 5_000;
/** Calls to one provider that are under way at once; the rest wait their turn. */
export const connectionsMax = 64;
