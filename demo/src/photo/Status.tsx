/** What is going on with the painting. */
import { Explained } from '../app/Explained.js';
import { explain } from '../app/failures.js';
import { number } from '../app/language.js';
import { megapixels, texts } from '../app/texts.js';
import { cancel, job, painted, paintAgain } from '../paint/painter.js';
import { photoTexts } from './texts.js';

/** Said once per state: a screen reader need not hear every percent. */
function sentence(): string {
  const t = photoTexts();
  const present = job.value;
  if (present.state === 'busy') return present.stage === 'compile' ? t.starting : present.stage === 'download' ? `${texts().doing.download}…` : t.painting;
  if (present.state === 'stopped') return t.stopped;
  if (present.state !== 'done' || !painted.value) return present.state === 'idle' ? t.starting : '';
  const { painting: { width, height }, milliseconds } = painted.value;
  return t.done(`${width} × ${height}`, megapixels(width, height), number(milliseconds / 1000, milliseconds < 950 ? 2 : 1));
}

export function Status(): preact.JSX.Element {
  const t = photoTexts();
  const present = job.value;
  const shortfall = present.state === 'done' ? painted.value?.shortfall : undefined;
  const failure = present.state === 'failed' ? explain(present.error) : undefined;
  return (
    <div class="status">
      <div class="status-line">
        <span id="status-text" role="status">{sentence()}</span>
        {failure && <p class="failure" id="failure" role="alert"><strong>{failure.title}.</strong> <Explained of={failure} /></p>}
        {present.state === 'busy' && <button class="button small" id="cancel" type="button" onClick={cancel}>{texts().cancel}</button>}
        {present.state === 'stopped' && <button class="button small" id="again" type="button" onClick={paintAgain}>{t.paint}</button>}
        {failure && <button class="button small" id="again" type="button" onClick={paintAgain}>{t.again}</button>}
      </div>
      <p class="note" id="note">{shortfall && t.shortfalls[shortfall]}</p>
    </div>
  );
}
