/**
 * Every bound of the simulator. Beyond one, the oldest goes or the newcomer is refused, as said.
 */
export const limits = {
  /** Accepted messages that are remembered; the oldest is forgotten. */
  outboxMax: 10_000,
  outboxPageMax: 1_000,
  /** Pairs of business number and customer; the one that wrote longest ago is forgotten. */
  phonesMax: 10_000,
  /** SMS at Twilio's double, and how many of the newest survive a restart. */
  smsMax: 10_000,
  smsKeptMax: 500,
  smsPageMax: 1_000,
  /** Pairs of customer and number; who said STOP longest ago is forgotten. */
  optedOutMax: 10_000,
  bubblesPerPhoneMax: 200,
  /** Messages whose receipts are still being played; beyond it Meta's rate limit is answered. */
  playsMax: 10_000,
  /** Of one message, in the outbox; the oldest is forgotten. */
  receiptsPerMessageMax: 50,
  heldReceiptsMax: 10_000,
  /** Webhooks waiting or under way; beyond it the newcomer is dropped and says so. */
  deliveriesMax: 20_000,
  deliveriesAtOnceMax: 16,
  deliveryAttemptsMax: 8,
  deliveryBackoffMs: 200,
  deliveryBackoffMsMax: 5_000,
  deliveryTimeoutMs: 10_000,
  watchersMax: 32,
  delayMsMax: 10 * 60 * 1000,
  textCharactersMax: 4_096,
  templateCharactersMax: 1_024,
  callbackCharactersMax: 512,
  nameCharactersMax: 100,
  addressCharactersMax: 200,
  wamidCharactersMax: 500,
  /** Ten years: a clock that jumps further is a slip of the pen. */
  clockMoveMsMax: 10 * 366 * 24 * 60 * 60 * 1000,
} as const;
