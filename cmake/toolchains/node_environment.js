// Emscripten gives its programs an environment of its own; the tests' programs want the real one.
Module['preRun'] = [].concat(Module['preRun'] || [], () => {
  Object.assign(ENV, process.env);
});
