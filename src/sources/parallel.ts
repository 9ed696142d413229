/** One list for several readers: each gets the next item when it asks. */
export function shared<Item>(list: AsyncGenerator<Item, void, void>): () => AsyncGenerator<Item, void, void> {
  return async function* () {
    // A generator queues the calls of its readers.
    for (let next = await list.next(); next.done !== true; next = await list.next()) yield next.value;
  };
}

/** Runs several readings side by side and gives the sum of how far they are, at each step of any of them. */
export async function* merged(
  readings: readonly AsyncGenerator<number, void, void>[],
): AsyncGenerator<number, void, void> {
  const done = readings.map(() => 0);
  const step = async (index: number) => ({ index, next: await readings[index]?.next() });
  const steps = new Map(readings.map((_, index) => [index, step(index)]));
  try {
    while (steps.size > 0) {
      const { index, next } = await Promise.race(steps.values());
      if (next === undefined || next.done === true) {
        steps.delete(index);
        continue;
      }
      done[index] = next.value;
      steps.set(index, step(index));
      yield done.reduce((sum, count) => sum + count, 0);
    }
  } finally {
    await Promise.all([...steps.values()].map((pending) => pending.catch(() => undefined)));
    await Promise.all(readings.map((reading) => reading.return()));
  }
}
