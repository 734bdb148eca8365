/** What went wrong, where the picture would be. */
import type { ComponentChildren } from 'preact';
import { type Explanation, explain } from '../app/failures.js';
import { engineFailure } from '../app/engine.js';
import { problem } from '../app/state.js';
import { VideoError } from './problems.js';
import { videoTexts } from './texts.js';

export function explainVideo(error: unknown, fileName?: string): Explanation {
  if (!(error instanceof VideoError)) return explain(error, fileName);
  const { title, text } = videoTexts().problems[error.kind](error.detail);
  return { title, text: fileName ? `${fileName}: ${text}` : text };
}

export function Trouble({ error, fileName, children }: { error: unknown; fileName?: string | undefined; children?: ComponentChildren }): preact.JSX.Element {
  const { title, text } = explainVideo(error, fileName);
  return (
    <div class="film-words" role="alert">
      <h2>{title}</h2>
      <p>{text}</p>
      <div class="film-buttons">{children}</div>
    </div>
  );
}

/** What the panel's own doings failed with, a style's picture say; or why there is no engine at all. */
export function PanelTrouble(): preact.JSX.Element | null {
  const shown = problem.value;
  const error = shown ? shown.error : engineFailure.value;
  if (error === undefined) return null;
  const { title, text } = explain(error, shown?.fileName);
  return <p class="film-note" role="alert"><strong>{title}.</strong> {text}</p>;
}
