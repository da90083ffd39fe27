import { answer, say } from './children.ts';
import { type IrcLoad, type LoadTarget, nowNs, startIrcLoad } from './load-irc.ts';

/** The load generator by itself. What clients write is told with the moment it came in. */
let load: IrcLoad | undefined;

const started = (): IrcLoad => {
  if (!load) throw new Error('not started');
  return load;
};

answer({
  start: async (senders: number, port: number) => {
    load = await startIrcLoad({ senders, port, onMessage: ({ text }) => say({ text, atNs: nowNs() }) });
    return { host: load.host, port: load.port };
  },
  untilClients: (count: number, timeoutMs: number) => started().untilClients(count, timeoutMs),
  cut: () => started().cut(),
  members: (channel: string) => started().members(channel),
  rate: (perSecond: number, seconds: number, target: LoadTarget) => started().rate(perSecond, seconds, target),
  burst: (count: number, target: LoadTarget) => started().burst(count, target),
});
