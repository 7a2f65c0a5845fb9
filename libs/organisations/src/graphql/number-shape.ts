import type { BusinessNumber } from '../domain/organisation.js';

/** A business number as clients see it. */
export const numberShape = ({ numberId, ...number }: BusinessNumber) => ({
  id: numberId,
  ...number,
});
