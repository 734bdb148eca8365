/** Work that would be lost by going elsewhere, on the page or away from it: nobody loses it without having been asked. */

const questions = new Set<() => string>();

const askAtTheDoor = (event: BeforeUnloadEvent): void => event.preventDefault();

/** Asks `question` from now on until the returned function is called. */
export function askBeforeLeaving(question: () => string): () => void {
  questions.add(question);
  addEventListener('beforeunload', askAtTheDoor);
  return () => {
    questions.delete(question);
    if (questions.size === 0) removeEventListener('beforeunload', askAtTheDoor);
  };
}

export const mayLeave = (): boolean => [...questions].every((question) => confirm(question()));
