import { render } from 'preact';
import { App } from './App.js';

const root = document.getElementById('app');
if (!root) throw new Error('the page has no #app');
render(<App />, root);
