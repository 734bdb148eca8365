import { Brushwork } from 'brushwork';
import { show } from './show.js';

await show(await Brushwork.create({ threads: 2, assets: new URL('./brushwork/', import.meta.url) }));
