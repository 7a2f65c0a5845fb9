import { NotYet } from '#kernel';
import { AddressesConflict, AddressesMoved } from '#contacts';

/** Addresses that are just going from one contact to another look like a conflict for a moment. */
const retryDelayMs = 250;
const giveUpAfterMs = 5_000;

/** Whose a message is must not be guessed: such an item is parked for a person to see. */
export const conflictsParked = async <T>(found: Promise<T>): Promise<T> => {
  try {
    return await found;
  } catch (error) {
    throw error instanceof AddressesConflict || error instanceof AddressesMoved
      ? new NotYet(error.message, retryDelayMs, giveUpAfterMs)
      : error;
  }
};
