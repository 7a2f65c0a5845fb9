import type { FailpointName } from '#edge';
import type { Random } from '../simulation/machine/random.js';

/** How often a point is passed within a round, where that is seldom. */
const seldom: { readonly [start: string]: number } = {
  follower: 2,
  sms: 2,
  media: 2,
  decision: 3,
};
const usually = 10;

/** So many kills, each point once before any comes twice; on which passing is drawn. */
export const planOf = (
  names: readonly FailpointName[],
  kills: number,
  random: Random,
): readonly string[] => {
  const planned: string[] = [];
  while (planned.length < kills) {
    const left = [...names];
    while (left.length > 0 && planned.length < kills) {
      const [name = ''] = left.splice(random.below(left.length), 1);
      const isCheckpoint = name.includes('checkpoint');
      const most = isCheckpoint ? usually : (seldom[name.split('.')[0] ?? ''] ?? usually);
      planned.push(`${name}@${1 + random.below(most)}`);
    }
  }
  return planned;
};
