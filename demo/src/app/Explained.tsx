/** The text of an explanation: what the package says is English in every language of the page. */
import type { DetailedExplanation } from './failures.js';

export function Explained({ of: { file, detail, advice } }: { of: DetailedExplanation }): preact.JSX.Element {
  return <>{file}<span lang="en">{detail}</span> {advice}</>;
}
