import { parkNow } from '#kernel';
import { AddressesConflict } from '#contacts';

/** Whose a message is must not be guessed: such an item is parked for a person to see. */
export const conflictsParked = async <T>(found: Promise<T>): Promise<T> => {
  try {
    return await found;
  } catch (error) {
    throw error instanceof AddressesConflict ? parkNow(error.message) : error;
  }
};
