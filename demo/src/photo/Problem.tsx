/** What could not be opened, over the picture that stays. */
import { engineFailure } from '../app/engine.js';
import { Explained } from '../app/Explained.js';
import { explain } from '../app/failures.js';
import { problem } from '../app/state.js';
import { photoTexts } from './texts.js';

export function Problem(): preact.JSX.Element {
  const t = photoTexts();
  const dead = engineFailure.value;
  const shown = problem.value ?? (dead === undefined ? undefined : { error: dead, fileName: undefined });
  const words = shown && explain(shown.error, shown.fileName);
  return (
    <div class="problem" id="problem" role="alert" hidden={!words}>
      {words && (
        <>
          <h2 id="problem-title">{words.title}</h2>
          <p id="problem-text"><Explained of={words} /></p>
          {dead === undefined && (
            <div class="buttons">
              <label class="button primary" for="choose">{t.chooseAnother}</label>
              <button class="button" id="problem-close" type="button" onClick={() => (problem.value = undefined)}>{t.back}</button>
            </div>
          )}
        </>
      )}
    </div>
  );
}
