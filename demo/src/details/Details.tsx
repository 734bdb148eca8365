/** For developers and the curious: what paints and why, how long it took, and the code for it. */
import { effect, signal } from '@preact/signals';
import type { BackendInfo } from 'brushwork';
import { backend, engine, engineFailure } from '../app/engine.js';
import { number } from '../app/language.js';
import { choiceOf } from '../app/looks.js';
import { settings } from '../app/state.js';
import { painted } from '../paint/painter.js';
import { snippet } from './snippet.js';
import { Privacy, threadsNextTime } from './Privacy.js';
import { detailsTexts } from './texts.js';

const memory = signal<{ current: number; peak: number } | undefined>(undefined);

/** Both may be others after each painting: a GPU that was lost is not used any more. */
effect(() => {
  if (!painted.value) return;
  void engine.then((ready) => {
    memory.value = ready.memory();
    backend.value = ready.backend;
  });
});

function howItPaints({ kind, variant, threads, parallelism, adapter }: BackendInfo): string {
  const t = detailsTexts();
  const crew = parallelism === 'workers' ? t.workers(threads) : t.threads(threads);
  const processor = `${variant === 'relaxed-simd' ? t.relaxed : t.simd}, ${crew}`;
  return t.paintsWith(kind === 'webgpu' ? t.gpu(adapter ?? '') : processor);
}

export function Details(): preact.JSX.Element {
  const t = detailsTexts();
  const info = backend.value;
  const line = engineFailure.value !== undefined ? t.failed : info ? howItPaints(info) : t.starting;
  return (
    <footer class="colophon">
      <details id="details">
        <summary id="engine-line">{line}</summary>
        <div class="details">
          <section>
            <h2>{t.reasons}</h2>
            <ul id="engine-reasons" lang="en">
              {info?.reasons.map((reason) => <li key={reason}>{reason}</li>)}
              {threadsNextTime() && <li id="threads-next-time">{t.nextTime}</li>}
            </ul>
          </section>
          <Timings />
          <section class="code">
            <h2>{t.code}</h2>
            <pre tabIndex={0} id="snippet"><code>{snippet(settings.value, choiceOf)}</code></pre>
          </section>
          <p><a id="notices" href="./THIRD_PARTY_NOTICES.txt" target="_blank" rel="noopener">{t.notices}</a></p>
        </div>
      </details>
      <Privacy />
    </footer>
  );
}

function Timings(): preact.JSX.Element | null {
  const t = detailsTexts();
  const present = painted.value;
  if (!present) return null;
  const megabytes = (bytes: number): string => number(bytes / 1e6, 1);
  return (
    <section>
      <h2>{t.timings}</h2>
      <dl class="timings" id="timings">
        {(Object.keys(t.stages) as (keyof typeof t.stages)[]).map((stage) => (
          <div key={stage}>
            <dt>{t.stages[stage]}</dt>
            <dd>{number(present.painting.timings[stage], 1)}</dd>
          </div>
        ))}
      </dl>
      {memory.value && <p id="memory">{t.memory(megabytes(memory.value.current), megabytes(memory.value.peak))}</p>}
    </section>
  );
}
