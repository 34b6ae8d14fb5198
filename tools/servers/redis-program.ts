import { join } from 'node:path';
import { identify } from './connections';
import type { ServerProgram } from './server-program';

/** Redis as this system needs it: with an append-only file, and never evicting what it was given. */
export function redisProgram(path: string): ServerProgram {
  const url = ([port]: number[]) => `redis://127.0.0.1:${port}`;
  return {
    kind: 'redis',
    path,
    portCount: 1,
    stopSignal: 'SIGTERM',
    url,

    async setUp() {
      return undefined;
    },

    async steps({ folder, ports }, pidOf) {
      const settings = {
        bind: '127.0.0.1',
        port: String(ports[0]),
        dir: folder,
        appendonly: 'yes',
        'maxmemory-policy': 'noeviction',
        // The append-only file is enough.
        save: '',
      };
      const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
      const check = async () => {
        const found = await identify.redis(url(ports));
        if (found !== String(pidOf())) throw new Error(`port ${ports[0]} is another Redis's, of process ${found}`);
      };
      const log = join(folder, 'redis.log');
      return [{ command: { file: path, args, folder, endSignal: 'SIGKILL', log }, check }];
    },
  };
}
