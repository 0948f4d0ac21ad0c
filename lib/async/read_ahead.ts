/** Reads items before they are asked for, so that their sender need not wait for who works on them. */

/**
 * The items of `items`, in order. Up to `most()` of them are read before they are asked for. At the end `stop` is called,
 * which ends the wait for the next item, and then the end of `items` is awaited. Throws what `items` throws.
 */
export async function* readAhead<T>(
  items: AsyncGenerator<T, void>,
  { most, stop }: { most: () => number; stop: () => void },
): AsyncGenerator<T, void> {
  const waiting: T[] = [];
  let failure: { readonly thrown: unknown } | undefined;
  let isOver = false;
  let isStopped = false;
  let onItem = () => {};
  let onRoom = () => {};
  const read = async () => {
    try {
      for await (const item of items) {
        waiting.push(item);
        onItem();
        while (!isStopped && waiting.length >= most()) {
          await new Promise<void>((resolve) => onRoom = resolve);
        }
        if (isStopped) break;
      }
    } catch (thrown) {
      failure = { thrown };
    }
    isOver = true;
    onItem();
  };
  const reading = read();
  try {
    for (;;) {
      while (waiting.length === 0 && !isOver) {
        await new Promise<void>((resolve) => onItem = resolve);
      }
      const [item] = waiting;
      if (waiting.length === 0) break;
      waiting.shift();
      onRoom();
      yield item as T;
    }
  } finally {
    isStopped = true;
    stop();
    onRoom();
    await reading;
  }
  if (failure) throw failure.thrown;
}
