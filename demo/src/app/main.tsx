import { effect } from '@preact/signals';
import { render } from 'preact';
import { idle, job, startPainter } from '../paint/painter.js';
import { startPreviews } from '../paint/previews.js';
import { receiveFiles } from '../offline/shared-file.js';
import { startOffline } from '../offline/start.js';
import { listenForFiles } from '../photo/inputs.js';
import { openFile } from '../photo/open.js';
import { openSample } from '../photo/sample-photo.js';
import { App } from './App.js';
import { engine, engineFailure } from './engine.js';
import { redo, undo } from './history.js';
import { problem } from './state.js';

const root = document.getElementById('app');
if (!root) throw new Error('the page has no #app');

effect(() => {
  const { state } = job.value;
  const broken = problem.value !== undefined || engineFailure.value !== undefined || state === 'failed';
  root.dataset['state'] = broken ? 'problem' : state === 'idle' ? 'starting' : state;
});

document.addEventListener('keydown', (event) => {
  const key = event.key.toLowerCase();
  if (!(event.ctrlKey || event.metaKey) || (key !== 'z' && key !== 'y')) return;
  if (event.target instanceof HTMLInputElement && event.target.type === 'text') return;
  event.preventDefault();
  if (event.shiftKey || key === 'y') redo();
  else undo();
});

render(<App />, root);
listenForFiles();
openSample();
startPainter();
startPreviews();
receiveFiles(openFile);
// The copy for offline use is made when the page has shown what it can do.
startOffline(engine.then(idle));
