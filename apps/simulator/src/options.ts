/** The domain clock, as far as somebody may move it. */
export interface MovableClock {
  /** Whole milliseconds since 1970. */
  now(): number;
  advance(ms: number): void;
  moveTo(epochMs: number): void;
  /** Stops at `epochMs`, or where it is. */
  freeze(epochMs?: number): void;
  unfreeze(): void;
}

/** A business number that Meta's double knows. */
export type SimulatedNumber = {
  readonly phoneNumberId: string;
  readonly businessAccountId: string;
  /** As people write it; compared by its digits only. */
  readonly displayPhoneNumber: string;
  readonly organisationName: string;
};

/** A template that Meta's double has approved: the messages of the account's numbers may use it. */
export type SimulatedTemplate = {
  readonly businessAccountId: string;
  readonly name: string;
  readonly language: string;
  readonly category: string;
  /** With a `{{name}}` in the place of each variable. */
  readonly body: string;
};

/** An account at Twilio. */
export type SimulatedSms = {
  readonly accountSid: string;
  readonly authToken: string;
  /** E.164. The organisation is one of those with a WhatsApp number, by its name. */
  readonly numbers: readonly { readonly number: string; readonly organisationName: string }[];
  /** Where Twilio's double posts what customers send. */
  readonly inboundUrl: () => string;
};

export type SimulatorOptions = {
  readonly clock: MovableClock;
  /** Resolves once everything that fell due has been decided. */
  readonly onClockMoved: () => Promise<void>;
  readonly stateFile: string;
  readonly appSecret: string;
  readonly verifyToken: string;
  /** Where Meta's double delivers; a function when the port is known only after listening. */
  readonly webhookUrl: string | (() => string);
  readonly numbers: readonly SimulatedNumber[];
  readonly templates: readonly SimulatedTemplate[];
  /** The bearer token that the double of the Graph API asks for. */
  readonly accessToken: string;
  /** Null: no SMS here. */
  readonly sms: SimulatedSms | null;
};
