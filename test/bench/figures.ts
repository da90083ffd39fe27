/** Latencies in ms. */
export type Spread = { p50: number; p99: number; most: number };

type ChatFigures = { answered: Spread; onWire: Spread; lost: number };

/** One message to each of many people on four networks. Measured by itself: it takes minutes. */
export type BroadcastFigures = {
  recipients: number;
  /** Until the call was answered, and until the last one was sent. */
  acceptedMs: number;
  seconds: number;
  /** How long the slowest account needs at what it may send a second. */
  ownLimitSeconds: number;
  progress: Record<string, number>;
  /** What came to the networks, and to how many people. */
  wire: { messages: number; people: number };
  /** Chats by other accounts, of the same user and of another one. */
  chats: { quiet: { same: ChatFigures; other: ChatFigures }; during: { same: ChatFigures; other: ChatFigures } };
  /** What an open client heard: of the broadcast itself, and in all. */
  client: { updates: number; gapMs: Spread; changes: number; bytes: number };
  cancel: { answeredMs: number; withinOneSecond: number; later: number; progress: Record<string, number> };
};

/** The web client in a browser whose processor is slowed down four times. Measured by itself: it takes minutes. */
export type ClientFigures = {
  contacts: number;
  messages: number;
  slowdown: number;
  /** From the start of the navigation, in ms. */
  cold: { firstPaint: Spread; listUsable: Spread };
  cached: { firstPaint: Spread; listUsable: Spread; conversationUsable: Spread };
  /** From the click until the other conversation is painted: seen before in this page, and not. */
  switching: { again: Spread; first: Spread };
  /** From the key until its letter is painted. */
  keystroke: Spread;
  /** Time from frame to frame, and how many took longer than two of 60 Hz. */
  scroll: { list: Frames; conversation: Frames };
  /** While so many messages a second arrive, half in the open conversation, half in all others: tasks above 100 ms. */
  arriving: { perSecond: number; seconds: number; longTasks: number; longest: number };
  /** JavaScript's heap in MiB: with the lists there, and after so many messages. */
  memory: { before: number; after: number; messages: number; nodes: number };
  /** Of a first visit, as they are sent. */
  scriptBytes: number;
};
export type Frames = { frames: number; ms: Spread; dropped: number };

/** What one run measured. */
export type Figures = {
  inbound: {
    rates: { perSecond: number; floor: Spread; parley: Spread }[];
    /** Messages a second, each the median of `times`. */
    burst: { count: number; times: number; perSecond: { floor: number; channel: number; chats: number } };
  };
  /** Over all inbound measurements, the floor's too. */
  counted: { sent: number; lost: number; doubled: number; disordered: number };
  /** Each network but IRC, at 200 messages a second in and 20 out, or what it takes in one chat; `out` ends at its wire. */
  networks: {
    network: string;
    in: Spread & { lost: number; doubled: number; disordered: number };
    out: Spread & { perSecond: number };
  }[];
  outbound: { perSecond: number; chats: number; answered: Spread; onWire: Spread };
  memory: { accounts: number; rssKiB: number; pssKiB: number; emptyPssKiB: number };
  start: { firstMs: number; secondMs: number; stopMs: number };
  /** `scripts` and `styles`, compressed, are missing from figures of before they were told apart. */
  web: { files: number; bytes: number; brotliBytes: number; scripts?: number; styles?: number };
};
