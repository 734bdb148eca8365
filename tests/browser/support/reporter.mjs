// One line a test, and the sums alone on the last line.
export default class Reporter {
  counts = { passed: 0, failed: 0, skipped: 0 };

  onTestEnd(test, result) {
    const outcome = result.status === 'passed' || result.status === 'skipped' ? result.status : 'failed';
    // Catch2's own cases are counted one by one.
    const cases = test.annotations.find(({ type }) => type === 'cases');
    if (cases) for (const [name, count] of Object.entries(JSON.parse(cases.description))) this.counts[name] += count;
    if (!cases || (outcome === 'failed' && JSON.parse(cases.description).failed === 0)) this.counts[outcome] += 1;
    const notes = test.annotations
      .filter(({ type, description }) => description && (type === 'measured' || type === 'skip'))
      .map(({ description }) => `  [${description}]`)
      .join('');
    console.log(`${outcome.padEnd(7)} ${test.titlePath().slice(3).join(': ')} (${result.duration} ms)${notes}`);
    for (const { message, stack } of result.errors) console.log(`${stack ?? message}\n`);
  }

  onError(error) {
    this.counts.failed += 1;
    console.log(error.stack ?? error.message);
  }

  onEnd() {
    const { passed, failed, skipped } = this.counts;
    console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
  }

  onStdOut(text) {
    process.stdout.write(text);
  }

  printsToStdio() {
    return true;
  }
}
