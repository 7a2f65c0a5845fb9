import { at, isList } from '#channels/http';
import { isJsonObject, type Json, type JsonObject } from '#kernel';

/** Two that say the same, one after the other; null when there is nothing to part. */
type Parted = readonly [Json, Json] | null;

const halves = <T>(list: readonly T[]): readonly [readonly T[], readonly T[]] => {
  const middle = Math.ceil(list.length / 2);
  return [list.slice(0, middle), list.slice(middle)];
};

/** Parts `object[name]`, a list: in two if it has several items, else inside of the one. */
const partedList = (
  object: JsonObject,
  name: string,
  inside: (item: Json) => Parted = () => null,
): Parted => {
  const list = object[name];
  if (!isList(list)) return null;
  const [only] = list;
  if (only === undefined) return null;
  if (list.length > 1) {
    const [one, other] = halves(list);
    return [
      { ...object, [name]: one },
      { ...object, [name]: other },
    ];
  }
  const pieces = inside(only);
  return (
    pieces && [
      { ...object, [name]: [pieces[0]] },
      { ...object, [name]: [pieces[1]] },
    ]
  );
};

/**
 * The updates of a change: `isFrame` names what stands around them and belongs to both. Of several
 * kinds the first goes apart from the others; of one kind there are halves.
 */
const partedValue = (value: JsonObject, isFrame: (name: string) => boolean): Parted => {
  const [first, ...others] = Object.keys(value).filter((name) => !isFrame(name));
  if (first === undefined) return null;
  if (others.length === 0) return partedList(value, first);
  const without = (left: readonly string[]): JsonObject =>
    Object.fromEntries(Object.entries(value).filter(([name]) => !left.includes(name)));
  return [without(others), without([first])];
};

/** A delivery as two deliveries: by entry, by change, by update, the coarsest that can be parted. */
export const partedDelivery = (body: Json, isFrame: (name: string) => boolean): Parted => {
  if (!isJsonObject(body)) return null;
  return partedList(body, 'entry', (entry) =>
    isJsonObject(entry)
      ? partedList(entry, 'changes', (change) => {
          const value = at(change, 'value');
          if (!isJsonObject(change) || !isJsonObject(value)) return null;
          const pieces = partedValue(value, isFrame);
          return (
            pieces && [
              { ...change, value: pieces[0] },
              { ...change, value: pieces[1] },
            ]
          );
        })
      : null,
  );
};
