#!/usr/bin/env node
/** `npx brushwork`: the command line in Node. Exit codes: 0 done, 1 failed (the message says why), 2 wrong usage. */
import { readFileSync } from 'node:fs';
import { Brushwork, BrushworkError } from '../index.js';
import { HELP, UsageError, parseArguments } from './arguments.js';
import { stylizeFile } from './stylize.js';

async function main(): Promise<void> {
  const command = parseArguments(process.argv.slice(2));
  if (command.kind === 'help') process.stdout.write(HELP);
  if (command.kind === 'version') console.log(version());
  if (command.kind === 'styles') await listStyles();
  if (command.kind === 'stylize') console.log(await stylizeFile(command));
}

function version(): string {
  return (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;
}

async function listStyles(): Promise<void> {
  const engine = await Brushwork.create();
  for (const { id, title, artist } of engine.styles()) console.log(`${id.padEnd(20)} ${title}${artist ? ` (${artist})` : ''}`);
  engine.dispose();
}

/** The exit code, once the message is printed. */
function report(error: unknown): number {
  if (error instanceof UsageError) {
    console.error(`${error.message}\nRun with --help for more information.`);
    return 2;
  }
  const { code, message } = error instanceof BrushworkError ? error : { code: 'internal', message: String(error) };
  console.error(`brushwork: ${code}: ${message}`);
  return 1;
}

try {
  await main();
} catch (error) {
  process.exitCode = report(error);
}
