/** The one engine of the page. It starts with the page, and what it is waits in signals until it is known. */
import { type BackendInfo, Brushwork, type StyleInfo } from 'brushwork';
import { signal } from '@preact/signals';

// The page's own copy for offline use has what the package would keep.
export const engine: Promise<Brushwork> = Brushwork.create({ cache: !('serviceWorker' in navigator) });

/** What paints, once it is known. */
export const backend = signal<BackendInfo | undefined>(undefined);
/** The built-in styles, in the order to show them. */
export const builtInStyles = signal<StyleInfo[]>([]);
/** Why there is no engine. */
export const engineFailure = signal<unknown>(undefined);

engine.then(
  (ready) => {
    backend.value = ready.backend;
    builtInStyles.value = ready.styles();
  },
  (error: unknown) => (engineFailure.value = error),
);
