/**
 * Runs a reading of git to its end and gives, after each of its steps, what has been collected meanwhile; `step` is told
 * how far it is.
 */
export async function* handOn<Item>(
  reading: AsyncIterable<number>,
  take: () => readonly Item[],
  step?: (done: number) => void,
): AsyncGenerator<Item, void, void> {
  for await (const done of reading) {
    step?.(done);
    yield* take();
  }
  yield* take();
}
