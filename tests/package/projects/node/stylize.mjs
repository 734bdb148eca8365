import { readFile, writeFile } from 'node:fs/promises';
import { Brushwork } from 'brushwork';

const [input, output, style] = process.argv.slice(2);
const engine = await Brushwork.create();
const painting = await engine.stylize(await readFile(input), { style });
await writeFile(output, (await painting.toBlob()).stream());
