/** `brushwork/react`: hooks for React 18 and newer. */
import { useEffect, useMemo, useRef, useState } from 'react';
import {
  Brushwork, type BackendInfo, type BrushworkError, type CreateOptions, type ImageInput, type PaintedRows, type Painting, type Progress,
  type Style, type StylizeOptions,
} from './index.js';
import { sameOptions } from './same-options.js';

/** As for `Brushwork.create`. The hook aborts by itself. */
export type UseBrushworkOptions = Omit<CreateOptions, 'signal'>;

/** What `useBrushwork` gives. */
export interface BrushworkState {
  /** Undefined until it has started, and if it could not. */
  engine: Brushwork | undefined;
  backend: BackendInfo | undefined;
  /** Why there is no engine. */
  error: BrushworkError | undefined;
}

/** As for `engine.stylize`. The hook aborts by itself; without a style it waits for one. */
export type UsePaintingOptions = Omit<StylizeOptions, 'signal' | 'style'> & { style: Style | string | undefined };

/** What `usePainting` gives. */
export interface PaintingState {
  /** The last painting of this image. It stays while the next one is being painted. */
  painting: Painting | undefined;
  progress: Progress | undefined;
  error: BrushworkError | undefined;
  /** Whether something is being painted. */
  busy: boolean;
}

const NO_PAINTING: PaintingState = { painting: undefined, progress: undefined, error: undefined, busy: false };

/**
 * An engine for as long as the component is mounted. Other options, compared by value, make another engine; `onProgress` is not compared.
 */
export function useBrushwork(options: UseBrushworkOptions = {}): BrushworkState {
  const wanted = useSame(options);
  const onProgress = useLatest(options.onProgress);
  const [made, setMade] = useState<MadeEngine>({ wanted, engine: undefined, error: undefined });
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    let engine: Brushwork | undefined;
    const report = (progress: Progress): void => void (signal.aborted || onProgress.current?.(progress));
    Brushwork.create({ ...wanted, signal, onProgress: report }).then(
      (created) => {
        if (signal.aborted) return created.dispose();
        engine = created;
        setMade({ wanted, engine, error: undefined });
      },
      (error: BrushworkError) => signal.aborted || setMade({ wanted, engine: undefined, error }),
    );
    return () => {
      controller.abort();
      engine?.dispose();
      // Under StrictMode a component is mounted twice with the same state.
      setMade({ wanted, engine: undefined, error: undefined });
    };
  }, [wanted, onProgress]);
  // The engine of earlier options is being disposed of.
  const { engine, error } = made.wanted === wanted ? made : {};
  return { engine, backend: engine?.backend, error };
}

/**
 * The painting of an image, painted again when the engine, the image or an option changes; then, and when the component is unmounted,
 * what was being painted is aborted. Options are compared by value, so they may be written in place; the image is compared by
 * identity, so keep it in a state. Callbacks are not compared. Waits while the engine, the image or the style is missing.
 */
export function usePainting(
  engine: Brushwork | null | undefined, image: ImageInput | null | undefined, options: UsePaintingOptions,
): PaintingState {
  const wanted = useSame(options);
  const onProgress = useLatest(options.onProgress);
  const onRows = useLatest(options.onRows);
  const job = useMemo(() => ({ engine, image, wanted }), [engine, image, wanted]);
  const [made, setMade] = useState({ job, state: NO_PAINTING });
  useEffect(() => {
    const { engine, image, wanted: { style, onRows: watched, ...others } } = job;
    if (!engine || !image || style === undefined) return;
    const controller = new AbortController();
    const { signal } = controller;
    const update = (change: Partial<PaintingState>): void => {
      if (!signal.aborted) setMade((last) => ({ job, state: { ...stateOf(last, job), ...change } }));
    };
    const report = (progress: Progress): void => {
      update({ progress });
      if (!signal.aborted) onProgress.current?.(progress);
    };
    update({ busy: true });
    const show = watched && ((rows: PaintedRows): void => onRows.current?.(rows));
    engine.stylize(image, { ...others, style, signal, onProgress: report, onRows: show }).then(
      (painting) => update({ painting, busy: false }),
      (error: BrushworkError) => update({ error, busy: false }),
    );
    return () => controller.abort();
  }, [job, onProgress, onRows]);
  return stateOf(made, job);
}

interface MadeEngine {
  wanted: UseBrushworkOptions;
  engine: Brushwork | undefined;
  error: BrushworkError | undefined;
}

interface Job {
  engine: Brushwork | null | undefined;
  image: ImageInput | null | undefined;
  wanted: UsePaintingOptions;
}

/** What is known about a job: of one that has just come, that it will be painted, and the painting before of the same image. */
function stateOf(made: { job: Job; state: PaintingState }, job: Job): PaintingState {
  if (made.job === job) return made.state;
  const ready = Boolean(job.engine && job.image && job.wanted.style !== undefined);
  return { ...NO_PAINTING, painting: job.image && made.job.image === job.image ? made.state.painting : undefined, busy: ready };
}

/** These options, or those of an earlier render if they say the same. */
function useSame<T extends object>(options: T): T {
  const [kept, keep] = useState(options);
  if (kept === options || sameOptions(kept, options)) return kept;
  keep(options);
  return options;
}

/** What a callback calls: the function of the last render. */
function useLatest<T>(value: T): { readonly current: T } {
  const latest = useRef(value);
  useEffect(() => {
    latest.current = value;
  });
  return latest;
}
