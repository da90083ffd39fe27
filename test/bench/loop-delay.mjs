import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Loaded before the server: each SIGUSR2 prints how late its event loop was since the one before, in ms, and begins anew. */
const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
const ms = (ns) => ns / 1e6;
process.on('SIGUSR2', () => {
  console.log(
    `loop delay ${JSON.stringify({ p50: ms(delay.percentile(50)), p99: ms(delay.percentile(99)), most: ms(delay.max) })}`,
  );
  delay.reset();
});
