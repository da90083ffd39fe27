import type { Restart, Switch } from './types.ts';

export function restartable(server: Switch): Restart {
  return {
    up: () => server.up(),
    down: () => server.down(),
    async restart() {
      await server.down();
      await server.up();
    },
  };
}

/** Several processes as one server: up in this order, down in the other. What did start is stopped when one fails. */
export function together(parts: readonly Switch[]): Switch {
  const down = async () => {
    for (const part of [...parts].reverse()) await part.down();
  };
  return {
    down,
    async up() {
      try {
        for (const part of parts) await part.up();
      } catch (error) {
        await down();
        throw error;
      }
    },
  };
}
