/**
 * The C++ tests as WebAssembly. Their files are read from the server when a test opens them: Emscripten's lazy files fetch
 * synchronously, which a worker may.
 */
self.onmessage = async ({ data: { module, files, environment, args } }) => {
  const log = [];
  try {
    const { default: create } = await import(module);
    const program = await create({
      noInitialRun: true,
      print: (line) => log.push(line),
      printErr: (line) => log.push(line),
      // The C library reads the environment once, when it starts.
      preRun: [(starting) => Object.assign(starting.ENV, environment)],
    });
    const { FS } = program;
    for (const { folder, name, url } of files) {
      FS.mkdirTree(folder);
      FS.createLazyFile(folder, name, url, true, false);
    }
    let code;
    try {
      code = program.callMain(args);
    } catch (error) {
      if (typeof error?.status !== 'number') throw error;
      code = error.status; // exit() ends by a throw
    }
    const xml = FS.analyzePath('/report.xml').exists ? FS.readFile('/report.xml', { encoding: 'utf8' }) : '';
    self.postMessage({ code, xml, log: log.join('\n') });
  } catch (error) {
    self.postMessage({ error: `${error?.stack ?? error}\n${log.slice(-20).join('\n')}` });
  }
};
