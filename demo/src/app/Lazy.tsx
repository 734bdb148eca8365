/** A part of the page that is loaded when it is first shown. */
import { type ComponentType, h } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { explain } from './failures.js';
import { texts } from './texts.js';

export function Lazy({ load }: { load: () => Promise<ComponentType> }): preact.JSX.Element {
  const [part, setPart] = useState<{ component: ComponentType } | undefined>();
  const [failure, setFailure] = useState<unknown>();
  useEffect(() => {
    load().then((component) => setPart({ component }), setFailure);
  }, [load]);
  if (failure !== undefined) return <p class="notice" role="alert">{explain(failure).text}</p>;
  return part ? h(part.component, {}) : <p class="notice" role="status">{texts().loadingPart}</p>;
}
