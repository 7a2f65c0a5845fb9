import type { FollowersBeside } from '#view-store';
import { counted, plural } from '../progress.js';
import { ok, problem, type Finding } from './finding.js';

const check = 'parked';
const itemsCountedMax = 10_000;
const look = 'casement parked list tells which, and why';

/** Items that followers could not handle. Those that block their key hold up what came after. */
export const checkParked = async (
  open: () => Promise<FollowersBeside | null>,
): Promise<Finding> => {
  const followers = await open();
  if (followers === null) return ok(check, 'no follower has run yet');
  try {
    const items = await followers.parked({ limit: itemsCountedMax + 1 });
    if (items.length > itemsCountedMax)
      return problem(check, `more than ${counted(itemsCountedMax)} items`, look);
    const blocking = items.filter((item) => item.blocking).length;
    if (blocking > 0)
      return problem(check, `${counted(blocking)} of ${plural(items.length, 'item')} block`, look);
    return ok(
      check,
      items.length === 0 ? 'nothing' : `${plural(items.length, 'item')}, none blocks`,
    );
  } finally {
    await followers.close();
  }
};
