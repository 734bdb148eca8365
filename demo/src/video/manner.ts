/** The settings of the page, as what frames are painted with. */
import type { Brushwork } from 'brushwork';
import { useEffect, useState } from 'preact/hooks';
import { engine } from '../app/engine.js';
import { isAbort } from '../app/failures.js';
import { resolve } from '../app/looks.js';
import { type Settings, settings } from '../app/state.js';
import type { Manner } from './frame-painter.js';

export interface Ready {
  engine: Brushwork;
  manner: Manner;
}

async function prepare({ look, strength, preserveColor, brush }: Settings, signal: AbortSignal): Promise<Ready | undefined> {
  const ready = await engine;
  if (!look) return undefined;
  return { engine: ready, manner: { style: await resolve(ready, look, signal), strength, preserveColor, brush } };
}

/** The present manner, once its style is there; until then the one before, so that painting goes on. `failure`: why there is none. */
export function useManner(): { ready: Ready | undefined; failure: unknown } {
  const [ready, setReady] = useState<Ready>();
  const [failure, setFailure] = useState<unknown>();
  const { look, strength, preserveColor, brush } = settings.value;
  useEffect(() => {
    const outdated = new AbortController();
    prepare(settings.peek(), outdated.signal).then(
      (next) => {
        if (outdated.signal.aborted || !next) return;
        setFailure(undefined);
        setReady(next);
      },
      (error: unknown) => {
        if (!outdated.signal.aborted && !isAbort(error)) setFailure(error);
      },
    );
    return () => outdated.abort();
  }, [look, strength, preserveColor, brush]);
  return { ready, failure };
}
